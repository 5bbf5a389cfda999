DROP TABLE check_in_keys;
