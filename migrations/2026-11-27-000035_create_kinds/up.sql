-- Kinds that differ by region and year, as data: a new one is a row, not a release. Those of units and what can be counted have
-- tables of their own, which rows refer to; of these the service looks at the code when a row is written, as it stands in lists too.
CREATE TABLE kinds (
    list text NOT NULL CONSTRAINT kinds_list_check CHECK (list IN ('hamlets', 'documents', 'work_types', 'people')),
    code text NOT NULL CONSTRAINT kinds_code_check CHECK (code ~ '^[a-z0-9_]{1,40}$'),
    label_vi text NOT NULL,
    label_en text NOT NULL,
    sort_order int NOT NULL,
    offered boolean NOT NULL DEFAULT true,
    CONSTRAINT kinds_pkey PRIMARY KEY (list, code)
);
INSERT INTO kinds (list, code, label_vi, label_en, sort_order) VALUES
    ('hamlets', 'ap', 'Ấp', 'Hamlet (ấp)', 1),
    ('hamlets', 'thon', 'Thôn', 'Village (thôn)', 2),
    ('hamlets', 'khu_pho', 'Khu phố', 'Quarter', 3),
    ('hamlets', 'to_dan_pho', 'Tổ dân phố', 'Residential group', 4),
    ('hamlets', 'ban', 'Bản', 'Village (bản)', 5),
    ('hamlets', 'buon', 'Buôn', 'Village (buôn)', 6),
    ('hamlets', 'lang', 'Làng', 'Village (làng)', 7),
    ('hamlets', 'bon', 'Bon', 'Village (bon)', 8),
    ('hamlets', 'xom', 'Xóm', 'Hamlet (xóm)', 9),
    ('hamlets', 'khom', 'Khóm', 'Quarter (khóm)', 10),
    ('hamlets', 'soc', 'Sóc', 'Village (sóc)', 11),
    ('hamlets', 'other', 'Khác', 'Other', 99),
    ('documents', 'plan', 'Kế hoạch', 'Plan', 1),
    ('documents', 'decision', 'Quyết định', 'Decision', 2),
    ('documents', 'report', 'Báo cáo', 'Report', 3),
    ('documents', 'notice', 'Thông báo', 'Notice', 4),
    ('documents', 'minutes', 'Biên bản', 'Minutes', 5),
    ('documents', 'submission', 'Tờ trình', 'Submission', 6),
    ('documents', 'official_letter', 'Công văn', 'Official letter', 7),
    ('documents', 'invitation', 'Giấy mời', 'Invitation', 8),
    ('documents', 'programme', 'Chương trình', 'Programme', 9),
    ('documents', 'handover_minutes', 'Biên bản bàn giao', 'Minutes of a handover', 10),
    ('work_types', 'clear_brush', 'Phát quang bụi rậm', 'Clear brush', 1),
    ('work_types', 'cut_grass', 'Cắt cỏ', 'Cut grass', 2),
    ('work_types', 'pull_weeds', 'Nhổ cỏ dại', 'Pull weeds', 3),
    ('work_types', 'plant_flowers', 'Trồng hoa', 'Plant flowers', 4),
    ('work_types', 'other', 'Khác', 'Other', 99),
    ('people', 'official', 'Cán bộ', 'Official', 1),
    ('people', 'civil_servant', 'Công chức', 'Civil servant', 2),
    ('people', 'youth_union_member', 'Đoàn viên', 'Youth union member', 3),
    ('people', 'association_member', 'Hội viên', 'Association member', 4),
    ('people', 'resident', 'Người dân', 'Resident', 5),
    ('people', 'veteran', 'Cựu chiến binh', 'Veteran', 6),
    ('people', 'militia', 'Dân quân', 'Militia', 7),
    ('people', 'local_security', 'Lực lượng bảo vệ an ninh, trật tự ở cơ sở', 'Local security force', 8),
    ('people', 'pupil', 'Học sinh, sinh viên', 'Pupil or student', 9);

-- The bodies of a commune since July 2025 beside those of before.
UPDATE unit_kinds SET label_vi = 'Văn phòng HĐND và UBND', label_en = 'Office of the People''s Council and Committee' WHERE code = 'commune_office';
UPDATE unit_kinds SET label_vi = 'Phòng Văn hóa - Xã hội', label_en = 'Culture and society division' WHERE code = 'social_affairs';
UPDATE unit_kinds SET label_vi = 'Tài chính - kế toán' WHERE code = 'accountant';
UPDATE unit_kinds SET label_vi = 'Trạm Y tế', label_en = 'Health station' WHERE code = 'health';
UPDATE unit_kinds SET label_vi = 'Ban Chỉ huy quân sự xã' WHERE code = 'commune_military_command';
UPDATE unit_kinds SET label_vi = 'Trưởng các thôn/ấp' WHERE code = 'hamlet_heads';
INSERT INTO unit_kinds VALUES
    ('peoples_council', 'Hội đồng nhân dân xã', 'Commune People''s Council'),
    ('party_building_board', 'Ban Xây dựng Đảng', 'Party building board'),
    ('party_office', 'Văn phòng Đảng ủy', 'Office of the Party committee'),
    ('public_service_centre', 'Trung tâm Cung ứng dịch vụ sự nghiệp công', 'Public service centre')
ON CONFLICT (code) DO NOTHING;

ALTER TABLE hamlets DROP CONSTRAINT hamlets_kind_check;
ALTER TABLE documents DROP CONSTRAINT documents_kind_check;
ALTER TABLE results DROP CONSTRAINT results_work_type_check;
-- Older programs cannot read a row of a kind that they do not know: end them before one is added.
INSERT INTO schema_tolerance VALUES (35);
