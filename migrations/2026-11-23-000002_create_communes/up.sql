-- Communes are shared: everybody may look one up. A commune's feed has the commune's id.
CREATE TABLE communes (
    id uuid CONSTRAINT communes_pkey PRIMARY KEY,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    code text NOT NULL,
    name text COLLATE vi_natural NOT NULL,
    kind text NOT NULL CONSTRAINT communes_kind_check CHECK (kind IN ('xa', 'phuong', 'dac_khu')),
    province_code text NOT NULL,
    province_name text COLLATE vi_natural NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    history jsonb NOT NULL DEFAULT '[]',
    successors uuid[] NOT NULL DEFAULT '{}',
    status text NOT NULL CONSTRAINT communes_status_check CHECK (status IN ('active', 'merged', 'dissolved')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT communes_period_check CHECK (valid_to >= valid_from)
);
-- A code names one living commune; those that ended keep theirs.
CREATE UNIQUE INDEX communes_code_key ON communes (code) WHERE status = 'active';
CREATE INDEX communes_name_idx ON communes (name, id);
