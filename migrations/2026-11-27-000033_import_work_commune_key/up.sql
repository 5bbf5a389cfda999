-- A key that names the commune: where communes lie apart, the one without it cannot be kept.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS import_work_commune_key ON import_work (commune_id, import_id);
