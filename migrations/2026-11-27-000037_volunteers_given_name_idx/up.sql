-- Lists by given name.
CREATE INDEX CONCURRENTLY IF NOT EXISTS volunteers_given_name_idx ON volunteers (commune_id, given_name, id);
