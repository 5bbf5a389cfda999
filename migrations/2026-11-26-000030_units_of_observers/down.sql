UPDATE grants SET unit_id = NULL WHERE role = 'observer';
ALTER TABLE grants DROP CONSTRAINT grants_scope_check;
ALTER TABLE grants ADD CONSTRAINT grants_scope_check CHECK (
    (role = 'platform_admin') = (commune_id IS NULL)
    AND (role IN ('unit_officer', 'unit_liaison')) = (unit_id IS NOT NULL)
    AND (role = 'hamlet_head') = (hamlet_id IS NOT NULL));
