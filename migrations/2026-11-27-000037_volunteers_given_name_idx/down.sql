DROP INDEX CONCURRENTLY IF EXISTS volunteers_given_name_idx;
