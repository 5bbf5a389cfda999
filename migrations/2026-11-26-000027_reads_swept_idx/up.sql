-- What is swept is found without walking the table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS reads_swept_idx ON reads (at);
