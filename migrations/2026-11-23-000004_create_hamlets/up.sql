CREATE TABLE hamlets (
    commune_id uuid NOT NULL CONSTRAINT hamlets_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT hamlets_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code text NOT NULL,
    name text COLLATE vi_natural NOT NULL,
    alternative_names text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL CONSTRAINT hamlets_kind_check CHECK (kind IN ('ap', 'thon', 'khu_pho', 'to_dan_pho', 'ban', 'buon', 'other')),
    sort_order int NOT NULL,
    household_count int CONSTRAINT hamlets_household_count_check CHECK (household_count >= 0),
    population int CONSTRAINT hamlets_population_check CHECK (population >= 0),
    meeting_house text,
    contact_phone text,
    valid_from date,
    valid_to date,
    successors uuid[] NOT NULL DEFAULT '{}',
    status text NOT NULL CONSTRAINT hamlets_status_check CHECK (status IN ('active', 'merged', 'renamed', 'dissolved')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT hamlets_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT hamlets_period_check CHECK (valid_to >= valid_from)
);
-- A hamlet that ended keeps its code; its successor may take the same one.
CREATE UNIQUE INDEX hamlets_code_key ON hamlets (commune_id, code) WHERE status = 'active';
CREATE INDEX hamlets_sort_order_idx ON hamlets (commune_id, sort_order, id);
CREATE INDEX hamlets_name_idx ON hamlets (commune_id, name, id);
