-- Who gave a right.
ALTER TABLE grants ADD COLUMN given_by uuid CONSTRAINT grants_given_by_fkey REFERENCES users;
CREATE INDEX grants_given_by_idx ON grants (given_by);
-- What a code opened: a lost answer can be asked for again.
ALTER TABLE sign_in_codes ADD COLUMN session_id uuid CONSTRAINT sign_in_codes_session_fkey REFERENCES sessions;
CREATE INDEX sign_in_codes_session_idx ON sign_in_codes (session_id);
-- Sessions also end where a right was added that those who let the person in could not have given, and with a lost phone.
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check
    CHECK (end_reason IN ('logout', 'revoked', 'reuse', 'idle', 'password_changed', 'user_disabled', 'more_rights', 'phone_lost')) NOT VALID;
ALTER TABLE sessions VALIDATE CONSTRAINT sessions_end_reason_check;
-- From which networks an account signed in before: strangers' failures do not keep it waiting there.
CREATE TABLE known_networks (
    subject text CONSTRAINT known_networks_pkey PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
CREATE INDEX known_networks_seen_at_idx ON known_networks (seen_at);
