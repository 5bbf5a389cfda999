CREATE TABLE activities (
    commune_id uuid NOT NULL CONSTRAINT activities_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT activities_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    plan_item_id uuid,
    code text NOT NULL,
    kind text NOT NULL,
    title text COLLATE vi_natural NOT NULL,
    public_title text,
    description text,
    date date,
    session text CONSTRAINT activities_session_check CHECK (session IN ('morning', 'afternoon', 'evening')),
    starts_at timestamptz,
    ends_at timestamptz,
    -- What the schedule is sorted by: the start, the day, or far away while neither is set.
    sort_at timestamptz NOT NULL,
    place jsonb NOT NULL,
    hamlet_id uuid,
    work_types text[] NOT NULL DEFAULT '{}',
    lead_user_id uuid CONSTRAINT activities_lead_user_fkey REFERENCES users,
    capacity int CONSTRAINT activities_capacity_check CHECK (capacity > 0),
    preparation jsonb NOT NULL,
    target jsonb,
    outside_period boolean NOT NULL,
    published_at timestamptz,
    outcome text CONSTRAINT activities_outcome_check CHECK (outcome IN ('completed', 'interrupted')),
    continues_id uuid,
    status text NOT NULL CONSTRAINT activities_status_check CHECK (status IN ('draft', 'scheduled', 'open', 'in_progress', 'done', 'verified', 'postponed', 'cancelled')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT activities_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT activities_code_key UNIQUE (commune_id, campaign_id, code),
    CONSTRAINT activities_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT activities_plan_item_fkey FOREIGN KEY (commune_id, plan_item_id) REFERENCES plan_items (commune_id, id),
    CONSTRAINT activities_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT activities_continues_fkey FOREIGN KEY (commune_id, continues_id) REFERENCES activities (commune_id, id),
    CONSTRAINT activities_time_check CHECK (ends_at > starts_at)
);
CREATE INDEX activities_sort_at_idx ON activities (commune_id, sort_at, id);
CREATE INDEX activities_campaign_idx ON activities (commune_id, campaign_id, date);
CREATE INDEX activities_plan_item_idx ON activities (commune_id, plan_item_id);
CREATE INDEX activities_hamlet_idx ON activities (commune_id, hamlet_id);
CREATE INDEX activities_continues_idx ON activities (commune_id, continues_id);
CREATE INDEX activities_lead_user_idx ON activities (lead_user_id);

-- Which unit comes in which part, and with how many: each unit writes its own row.
CREATE TABLE activity_units (
    commune_id uuid NOT NULL CONSTRAINT activity_units_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT activity_units_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    role text NOT NULL CONSTRAINT activity_units_role_check CHECK (role IN ('host', 'participant', 'security', 'medical', 'logistics', 'broadcast')),
    headcount_planned int CONSTRAINT activity_units_planned_check CHECK (headcount_planned >= 0),
    headcount_actual int CONSTRAINT activity_units_actual_check CHECK (headcount_actual >= 0),
    released_at timestamptz,
    status text NOT NULL CONSTRAINT activity_units_status_check CHECK (status IN ('asked', 'confirmed', 'declined')),
    request_hash bytea NOT NULL,
    CONSTRAINT activity_units_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT activity_units_role_key UNIQUE (commune_id, activity_id, unit_id, role),
    CONSTRAINT activity_units_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT activity_units_activity_fkey FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
    CONSTRAINT activity_units_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id)
);
CREATE INDEX activity_units_created_at_idx ON activity_units (commune_id, created_at, id);
CREATE INDEX activity_units_unit_idx ON activity_units (commune_id, unit_id);
CREATE INDEX activity_units_campaign_idx ON activity_units (commune_id, campaign_id);
