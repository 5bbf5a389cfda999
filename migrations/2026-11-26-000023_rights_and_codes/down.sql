DROP TABLE known_networks;
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_check;
UPDATE sessions SET end_reason = 'revoked' WHERE end_reason IN ('more_rights', 'phone_lost');
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check
    CHECK (end_reason IN ('logout', 'revoked', 'reuse', 'idle', 'password_changed', 'user_disabled'));
ALTER TABLE sign_in_codes DROP COLUMN session_id;
ALTER TABLE grants DROP COLUMN given_by;
