DROP INDEX CONCURRENTLY IF EXISTS sign_in_codes_expires_at_idx;
