CREATE TABLE campaigns (
    commune_id uuid NOT NULL CONSTRAINT campaigns_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT campaigns_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code text NOT NULL,
    name text COLLATE vi_natural NOT NULL,
    year int NOT NULL,
    movement text,
    criteria_tags text[] NOT NULL DEFAULT '{}',
    start_date date NOT NULL,
    end_date date NOT NULL,
    -- Checked in the write, under the commune's lock: units are never removed.
    partner_unit_ids uuid[] NOT NULL DEFAULT '{}',
    purposes jsonb NOT NULL DEFAULT '[]',
    requirements jsonb NOT NULL DEFAULT '[]',
    general_directions jsonb NOT NULL DEFAULT '[]',
    funding_sources text[] NOT NULL DEFAULT '{}',
    day_sessions jsonb NOT NULL,
    lodging jsonb NOT NULL DEFAULT '[]',
    published_at timestamptz,
    suspended_from text,
    status text NOT NULL CONSTRAINT campaigns_status_check CHECK (status IN ('draft', 'planned', 'preparing', 'running', 'suspended', 'closing', 'closed', 'archived', 'cancelled')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT campaigns_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT campaigns_code_key UNIQUE (commune_id, code),
    CONSTRAINT campaigns_period_check CHECK (end_date >= start_date)
);
CREATE INDEX campaigns_start_date_idx ON campaigns (commune_id, start_date, id);
CREATE INDEX campaigns_name_idx ON campaigns (commune_id, name, id);

CREATE TABLE plan_items (
    commune_id uuid NOT NULL CONSTRAINT plan_items_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT plan_items_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    code text NOT NULL,
    label_as_printed text,
    text text NOT NULL,
    kind text NOT NULL,
    sort_order int NOT NULL,
    status text NOT NULL CONSTRAINT plan_items_status_check CHECK (status IN ('active', 'dropped')),
    request_hash bytea NOT NULL,
    CONSTRAINT plan_items_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT plan_items_code_key UNIQUE (commune_id, campaign_id, code),
    CONSTRAINT plan_items_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id)
);
CREATE INDEX plan_items_sort_order_idx ON plan_items (commune_id, sort_order, id);

-- How many soldiers a unit has there on a day: its liaison writes, the office reads.
CREATE TABLE headcounts (
    commune_id uuid NOT NULL CONSTRAINT headcounts_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT headcounts_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    date date NOT NULL,
    officers int NOT NULL CONSTRAINT headcounts_officers_check CHECK (officers >= 0),
    soldiers int NOT NULL CONSTRAINT headcounts_soldiers_check CHECK (soldiers >= 0),
    status text NOT NULL CONSTRAINT headcounts_status_check CHECK (status IN ('stated')),
    request_hash bytea NOT NULL,
    CONSTRAINT headcounts_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT headcounts_day_key UNIQUE (commune_id, campaign_id, unit_id, date),
    CONSTRAINT headcounts_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT headcounts_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id)
);
CREATE INDEX headcounts_date_idx ON headcounts (commune_id, date, id);
CREATE INDEX headcounts_unit_idx ON headcounts (commune_id, unit_id);
