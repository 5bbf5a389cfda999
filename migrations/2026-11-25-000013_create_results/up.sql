-- What can be counted, as data: a new metric is a row, not a release.
CREATE TABLE metrics (
    code text CONSTRAINT metrics_pkey PRIMARY KEY,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    unit_vi text NOT NULL,
    unit_en text NOT NULL,
    whole boolean NOT NULL,
    sort_order int NOT NULL
);
INSERT INTO metrics VALUES
    ('metres', 'Mét đường', 'Metres of road', 'm', 'm', true, 1),
    ('m2', 'Diện tích', 'Area', 'm²', 'm²', true, 2),
    ('plants', 'Cây hoa, khóm hoa', 'Flowering plants', 'cây', 'plants', true, 3),
    ('trees', 'Cây xanh', 'Trees', 'cây', 'trees', true, 4),
    ('man_days', 'Ngày công', 'Man-days', 'công', 'man-days', false, 5),
    ('households_helped', 'Hộ được giúp đỡ', 'Households helped', 'hộ', 'households', true, 6),
    ('people_checked', 'Lượt người khám bệnh', 'People given a medical check', 'lượt', 'people', true, 7),
    ('haircuts', 'Lượt cắt tóc', 'Haircuts', 'lượt', 'haircuts', true, 8),
    ('gifts', 'Suất quà', 'Gifts', 'suất', 'gifts', true, 9),
    ('value_vnd', 'Giá trị', 'Value', 'đồng', 'đồng', true, 10),
    ('audience', 'Lượt người dự', 'Audience', 'lượt', 'people', true, 11),
    ('rubbish_kg', 'Rác thu gom', 'Rubbish collected', 'kg', 'kg', false, 12);

-- One truth for what was done: a road's metres, an activity's and a campaign's figures are computed from these rows.
CREATE TABLE results (
    commune_id uuid NOT NULL CONSTRAINT results_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT results_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    hamlet_id uuid,
    road_registration_id uuid,
    unit_id uuid,
    side text NOT NULL CONSTRAINT results_side_check CHECK (side IN ('military', 'local')),
    work_type text CONSTRAINT results_work_type_check CHECK (work_type IN ('clear_brush', 'cut_grass', 'pull_weeds', 'plant_flowers', 'other')),
    metric text NOT NULL CONSTRAINT results_metric_fkey REFERENCES metrics,
    value double precision NOT NULL CONSTRAINT results_value_check CHECK (value > 0),
    note text,
    reported_by uuid CONSTRAINT results_reported_by_fkey REFERENCES users,
    verified_by uuid CONSTRAINT results_verified_by_fkey REFERENCES users,
    status text NOT NULL CONSTRAINT results_status_check CHECK (status IN ('reported', 'verified', 'withdrawn')),
    request_hash bytea NOT NULL,
    CONSTRAINT results_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT results_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT results_activity_fkey FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
    CONSTRAINT results_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT results_road_registration_fkey FOREIGN KEY (commune_id, road_registration_id) REFERENCES road_registrations (commune_id, id),
    CONSTRAINT results_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id)
);
CREATE INDEX results_created_at_idx ON results (commune_id, created_at, id);
CREATE INDEX results_campaign_idx ON results (commune_id, campaign_id);
CREATE INDEX results_activity_idx ON results (commune_id, activity_id);
CREATE INDEX results_hamlet_idx ON results (commune_id, hamlet_id);
CREATE INDEX results_road_registration_idx ON results (commune_id, road_registration_id);
CREATE INDEX results_unit_idx ON results (commune_id, unit_id);
CREATE INDEX results_metric_idx ON results (metric);
CREATE INDEX results_reported_by_idx ON results (reported_by);
CREATE INDEX results_verified_by_idx ON results (verified_by);

-- What an activity's results add up to, beside its attendance: [{"side", "metric", "reported", "verified"}]. Soldiers'
-- man-days are apart, since fewer people see them.
ALTER TABLE activity_sums
    ADD COLUMN figures jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN military_man_days double precision NOT NULL DEFAULT 0;

-- The sums of a campaign: one row for each hamlet, one for what lies in no hamlet, and one for the whole. In a table of
-- their own with a mark of their own, like an activity's.
CREATE TABLE campaign_sums (
    commune_id uuid NOT NULL CONSTRAINT campaign_sums_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT campaign_sums_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    extent text NOT NULL CONSTRAINT campaign_sums_extent_check CHECK (extent IN ('campaign', 'hamlet', 'no_hamlet')),
    hamlet_id uuid,
    present int NOT NULL,
    man_days double precision NOT NULL,
    figures jsonb NOT NULL,
    military_man_days double precision NOT NULL,
    status text NOT NULL CONSTRAINT campaign_sums_status_check CHECK (status = 'kept'),
    request_hash bytea NOT NULL,
    CONSTRAINT campaign_sums_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT campaign_sums_extent_key UNIQUE NULLS NOT DISTINCT (commune_id, campaign_id, extent, hamlet_id),
    CONSTRAINT campaign_sums_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT campaign_sums_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id)
);
CREATE INDEX campaign_sums_created_at_idx ON campaign_sums (commune_id, created_at, id);
CREATE INDEX campaign_sums_hamlet_idx ON campaign_sums (commune_id, hamlet_id);
