DROP TABLE signing_keys, throttles, sign_in_codes, sessions, grants, users;
