-- A key that names the commune: where communes lie apart, the one without it cannot be kept.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS webhook_positions_commune_key ON webhook_positions (commune_id, webhook_id);
