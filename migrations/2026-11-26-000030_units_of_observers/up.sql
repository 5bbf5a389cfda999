-- The party committee's and the Front's observers may name their unit: they mark its copy of a paper as read.
ALTER TABLE grants DROP CONSTRAINT grants_scope_check;
ALTER TABLE grants ADD CONSTRAINT grants_scope_check CHECK (
    (role = 'platform_admin') = (commune_id IS NULL)
    AND (role = 'observer' OR (role IN ('unit_officer', 'unit_liaison')) = (unit_id IS NOT NULL))
    AND (role = 'hamlet_head') = (hamlet_id IS NOT NULL));
