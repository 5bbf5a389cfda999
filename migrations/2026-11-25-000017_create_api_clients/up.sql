-- Programs that sign in with a secret: integration scripts, an army unit's liaison system. A shared table like the grants
-- that it draws its rights from; units and campaigns are named without a foreign key for the same reason.
CREATE TABLE api_clients (
    id uuid CONSTRAINT api_clients_pkey PRIMARY KEY,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    commune_id uuid NOT NULL CONSTRAINT api_clients_commune_fkey REFERENCES communes,
    -- Who made it: it can do at most what this person may.
    user_id uuid NOT NULL CONSTRAINT api_clients_user_fkey REFERENCES users,
    name text COLLATE vi_natural NOT NULL,
    scopes text[] NOT NULL,
    unit_id uuid,
    campaign_id uuid,
    expires_on date NOT NULL,
    last_used_on date,
    -- [{"hash", "made_at"}]: at most two, the newest first.
    secrets jsonb NOT NULL,
    status text NOT NULL CONSTRAINT api_clients_status_check CHECK (status IN ('active', 'revoked')),
    search text NOT NULL,
    request_hash bytea NOT NULL
);
CREATE INDEX api_clients_commune_idx ON api_clients (commune_id, name, id);
CREATE INDEX api_clients_user_idx ON api_clients (user_id);
