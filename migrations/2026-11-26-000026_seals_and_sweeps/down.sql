DROP FUNCTION sweep_reads(int);
DROP INDEX reads_swept_idx;
DROP INDEX sign_in_codes_expires_at_idx;
DROP INDEX sessions_last_used_at_idx;
ALTER TABLE journal_seals DROP COLUMN keyed;
