DROP INDEX CONCURRENTLY IF EXISTS sessions_last_used_at_idx;
