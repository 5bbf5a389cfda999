-- What is swept is found without walking the table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_last_used_at_idx ON sessions (last_used_at);
