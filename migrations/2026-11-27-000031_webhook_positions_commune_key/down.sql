DROP INDEX CONCURRENTLY IF EXISTS webhook_positions_commune_key;
