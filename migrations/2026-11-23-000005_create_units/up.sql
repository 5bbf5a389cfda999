-- Army units are shared: one brigade works with several communes. ancestors holds the unit itself and all above it.
CREATE TABLE military_units (
    id uuid CONSTRAINT military_units_pkey PRIMARY KEY,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name text COLLATE vi_natural NOT NULL,
    short_name text,
    aliases text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL CONSTRAINT military_units_kind_check CHECK (kind IN ('military_region', 'corps', 'division', 'brigade', 'regiment', 'battalion', 'battery', 'military_command', 'other')),
    parent_id uuid CONSTRAINT military_units_parent_fkey REFERENCES military_units,
    ancestors uuid[] NOT NULL,
    status text NOT NULL CONSTRAINT military_units_status_check CHECK (status IN ('active', 'inactive')),
    search text NOT NULL,
    request_hash bytea NOT NULL
);
CREATE INDEX military_units_parent_idx ON military_units (parent_id);
CREATE INDEX military_units_name_idx ON military_units (name, id);

-- Kinds differ by commune and year, so they are data.
CREATE TABLE unit_kinds (
    code text CONSTRAINT unit_kinds_pkey PRIMARY KEY,
    label_vi text NOT NULL,
    label_en text NOT NULL
);
INSERT INTO unit_kinds VALUES
    ('commune_peoples_committee', 'Ủy ban nhân dân xã', 'Commune People''s Committee'),
    ('commune_leadership', 'Lãnh đạo Ủy ban nhân dân xã', 'Leaders of the People''s Committee'),
    ('party_committee', 'Đảng ủy', 'Party committee'),
    ('military_unit', 'Đơn vị quân đội', 'Army unit'),
    ('military_region', 'Quân khu', 'Military region'),
    ('commune_military_command', 'Ban chỉ huy Quân sự xã', 'Commune military command'),
    ('commune_police', 'Công an xã', 'Commune police'),
    ('commune_office', 'Văn phòng Ủy ban nhân dân xã', 'Office of the People''s Committee'),
    ('culture_sports_learning_centre', 'Trung tâm Văn hóa, Thể thao và Học tập cộng đồng', 'Culture, sports and community learning centre'),
    ('radio_station', 'Đài truyền thanh', 'Radio station'),
    ('social_affairs', 'Văn hóa - Xã hội (phụ trách lao động, thương binh, xã hội)', 'Culture and society (labour, invalids, social affairs)'),
    ('accountant', 'Kế toán', 'Accountant'),
    ('economic_division', 'Phòng Kinh tế', 'Economic division'),
    ('public_administration_service_centre', 'Trung tâm Phục vụ hành chính công', 'Public administration service centre'),
    ('hamlet_heads', 'Trưởng các ấp', 'Hamlet heads'),
    ('mass_mobilisation_bloc', 'Khối dân vận', 'Mass mobilisation bloc'),
    ('fatherland_front', 'Mặt trận Tổ quốc Việt Nam', 'Vietnam Fatherland Front'),
    ('socio_political_organisation', 'Tổ chức chính trị - xã hội', 'Socio-political organisation'),
    ('health', 'Y tế', 'Health service'),
    ('school', 'Trường học', 'School'),
    ('enterprise', 'Doanh nghiệp', 'Enterprise'),
    ('steering_committee', 'Ban chỉ đạo', 'Steering committee'),
    ('other', 'Khác', 'Other');

CREATE TABLE units (
    commune_id uuid NOT NULL CONSTRAINT units_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT units_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code text NOT NULL,
    name text COLLATE vi_natural NOT NULL,
    short_name text,
    aliases text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL CONSTRAINT units_kind_fkey REFERENCES unit_kinds,
    functions text[] NOT NULL DEFAULT '{}',
    parent_id uuid,
    military_unit_id uuid CONSTRAINT units_military_unit_fkey REFERENCES military_units,
    agency_code text,
    contact_name text,
    contact_phone text,
    liaison_contact text,
    valid_from date,
    valid_to date,
    successor_id uuid,
    status text NOT NULL CONSTRAINT units_status_check CHECK (status IN ('active', 'inactive', 'merged')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT units_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT units_parent_fkey FOREIGN KEY (commune_id, parent_id) REFERENCES units (commune_id, id),
    CONSTRAINT units_successor_fkey FOREIGN KEY (commune_id, successor_id) REFERENCES units (commune_id, id),
    CONSTRAINT units_period_check CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX units_code_key ON units (commune_id, code) WHERE status = 'active';
CREATE UNIQUE INDEX units_military_unit_key ON units (commune_id, military_unit_id) WHERE status = 'active';
CREATE INDEX units_name_idx ON units (commune_id, name, id);
CREATE INDEX units_parent_idx ON units (commune_id, parent_id);
CREATE INDEX units_successor_idx ON units (commune_id, successor_id);
CREATE INDEX units_kind_idx ON units (kind);
CREATE INDEX units_military_unit_idx ON units (military_unit_id);
