-- What is swept is found without walking the table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS sign_in_codes_expires_at_idx ON sign_in_codes (expires_at);
