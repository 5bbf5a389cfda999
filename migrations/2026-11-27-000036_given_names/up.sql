-- Vietnamese lists of names go by the given name, which comes last: An before Bình, whatever the family.
ALTER TABLE volunteers ADD COLUMN given_name text COLLATE vi_natural NOT NULL DEFAULT '';
UPDATE volunteers SET given_name = regexp_replace(full_name, '^(.*) (\S+)$', '\2 \1');
