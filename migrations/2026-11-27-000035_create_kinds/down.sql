DELETE FROM schema_tolerance WHERE oldest_program = 35;
ALTER TABLE results ADD CONSTRAINT results_work_type_check CHECK (work_type IN ('clear_brush', 'cut_grass', 'pull_weeds', 'plant_flowers', 'other'));
ALTER TABLE documents ADD CONSTRAINT documents_kind_check CHECK (kind IN ('plan', 'decision', 'report', 'notice', 'minutes'));
ALTER TABLE hamlets ADD CONSTRAINT hamlets_kind_check CHECK (kind IN ('ap', 'thon', 'khu_pho', 'to_dan_pho', 'ban', 'buon', 'other'));
DELETE FROM unit_kinds WHERE code IN ('peoples_council', 'party_building_board', 'party_office', 'public_service_centre')
    AND NOT EXISTS (SELECT FROM units WHERE units.kind = unit_kinds.code);
DROP TABLE kinds;
