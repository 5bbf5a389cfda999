-- A key that names the commune: where communes lie apart, the one without it cannot be kept.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS webhook_deliveries_commune_key ON webhook_deliveries (commune_id, webhook_id, id);
