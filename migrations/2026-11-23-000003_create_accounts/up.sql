-- Users, what they may do, and how they get in. Shared tables: a grant may name any commune.
CREATE TABLE users (
    id uuid CONSTRAINT users_pkey PRIMARY KEY,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    username text NOT NULL CONSTRAINT users_username_key UNIQUE,
    display_name text COLLATE vi_natural NOT NULL,
    phone text,
    password_hash text,
    password_changed_at timestamptz,
    status text NOT NULL CONSTRAINT users_status_check CHECK (status IN ('active', 'disabled')),
    -- The commune whose office made the account; none for the platform's own.
    home_commune_id uuid CONSTRAINT users_home_commune_fkey REFERENCES communes,
    search text NOT NULL,
    request_hash bytea NOT NULL
);
CREATE INDEX users_home_commune_idx ON users (home_commune_id, display_name, id);

CREATE TABLE grants (
    id uuid CONSTRAINT grants_pkey PRIMARY KEY,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    user_id uuid NOT NULL CONSTRAINT grants_user_fkey REFERENCES users,
    role text NOT NULL,
    commune_id uuid CONSTRAINT grants_commune_fkey REFERENCES communes,
    -- Rows of a commune's own tables, named without a foreign key: shared tables cannot point into sharded ones.
    unit_id uuid,
    hamlet_id uuid,
    campaign_id uuid,
    valid_from date NOT NULL,
    valid_to date,
    acting_for uuid CONSTRAINT grants_acting_for_fkey REFERENCES users,
    status text NOT NULL CONSTRAINT grants_status_check CHECK (status IN ('active', 'revoked')),
    request_hash bytea NOT NULL,
    CONSTRAINT grants_role_check CHECK (role IN ('commune_leader', 'commune_officer', 'unit_officer', 'unit_liaison', 'hamlet_head', 'volunteer', 'observer', 'auditor', 'platform_admin')),
    CONSTRAINT grants_scope_check CHECK (
        (role = 'platform_admin') = (commune_id IS NULL)
        AND (role IN ('unit_officer', 'unit_liaison')) = (unit_id IS NOT NULL)
        AND (role = 'hamlet_head') = (hamlet_id IS NOT NULL)),
    CONSTRAINT grants_period_check CHECK (valid_to >= valid_from),
    CONSTRAINT grants_auditor_term_check CHECK (role <> 'auditor' OR valid_to - valid_from <= 90)
);
CREATE INDEX grants_user_idx ON grants (user_id);
CREATE INDEX grants_commune_idx ON grants (commune_id, id);
CREATE INDEX grants_acting_for_idx ON grants (acting_for);

-- A refresh token holds its session's id and a count, signed; the row knows the newest count that was used.
CREATE TABLE sessions (
    id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users,
    device_id text,
    device_name text NOT NULL,
    seed bytea NOT NULL,
    refresh_count int NOT NULL DEFAULT 0,
    signed_in_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CONSTRAINT sessions_end_reason_check CHECK (end_reason IN ('logout', 'revoked', 'reuse', 'idle', 'password_changed', 'user_disabled'))
);
CREATE INDEX sessions_user_idx ON sessions (user_id);
CREATE INDEX sessions_ended_at_idx ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE sign_in_codes (
    id uuid CONSTRAINT sign_in_codes_pkey PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT sign_in_codes_user_fkey REFERENCES users,
    code_hash bytea NOT NULL CONSTRAINT sign_in_codes_hash_key UNIQUE,
    issued_by uuid NOT NULL CONSTRAINT sign_in_codes_issued_by_fkey REFERENCES users,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_codes_user_idx ON sign_in_codes (user_id);
CREATE INDEX sign_in_codes_issued_by_idx ON sign_in_codes (issued_by);

-- Failures only: a thousand phones may stand behind one carrier's address.
CREATE TABLE throttles (
    subject text CONSTRAINT throttles_pkey PRIMARY KEY,
    failures int NOT NULL,
    last_failure_at timestamptz NOT NULL
);
CREATE INDEX throttles_last_failure_at_idx ON throttles (last_failure_at);

-- The private half is sealed with the service's secret, which is not in the database: a dump alone signs nothing.
CREATE TABLE signing_keys (
    kid text CONSTRAINT signing_keys_pkey PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    sealed_private bytea NOT NULL,
    made_at timestamptz NOT NULL,
    retired_at timestamptz
);
