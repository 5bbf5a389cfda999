DROP INDEX CONCURRENTLY IF EXISTS webhook_deliveries_commune_key;
