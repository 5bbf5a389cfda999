DROP FUNCTION sweep_reads(int);
ALTER TABLE journal_seals DROP COLUMN keyed;
