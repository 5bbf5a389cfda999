DROP INDEX CONCURRENTLY IF EXISTS import_work_commune_key;
