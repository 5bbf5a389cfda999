ALTER TABLE volunteers DROP COLUMN given_name;
