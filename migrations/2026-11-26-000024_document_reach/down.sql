ALTER TABLE documents DROP COLUMN reach;
