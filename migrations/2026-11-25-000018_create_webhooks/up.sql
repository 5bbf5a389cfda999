-- Addresses that are told what happens in a commune.
CREATE TABLE webhooks (
    commune_id uuid NOT NULL CONSTRAINT webhooks_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT webhooks_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Whose rights decide what is told: a user, or an API client and its maker. Named without a foreign key, since shared
    -- tables may lie elsewhere.
    user_id uuid NOT NULL,
    client_id uuid,
    name text COLLATE vi_natural NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    exclude_own boolean NOT NULL,
    -- [{"sealed", "made_at", "until"}], the newest first; sealed with the service's secret.
    secrets jsonb NOT NULL,
    status text NOT NULL CONSTRAINT webhooks_status_check CHECK (status IN ('active', 'disabled')),
    disabled_reason text,
    request_hash bytea NOT NULL,
    CONSTRAINT webhooks_pkey PRIMARY KEY (commune_id, id)
);
CREATE INDEX webhooks_name_idx ON webhooks (commune_id, name, id);

-- How far each webhook's journal was read. Not part of the webhook: it moves all the time.
CREATE TABLE webhook_positions (
    webhook_id uuid CONSTRAINT webhook_positions_pkey PRIMARY KEY,
    commune_id uuid NOT NULL,
    number bigint NOT NULL,
    seq int NOT NULL,
    CONSTRAINT webhook_positions_webhook_fkey FOREIGN KEY (commune_id, webhook_id) REFERENCES webhooks (commune_id, id)
);
CREATE INDEX webhook_positions_webhook_idx ON webhook_positions (commune_id, webhook_id);

-- What is to be told, and what became of it; swept 30 days after its end. The id follows from webhook and journal row:
-- whoever reads the journal twice makes nothing twice.
CREATE TABLE webhook_deliveries (
    webhook_id uuid NOT NULL,
    id uuid NOT NULL,
    commune_id uuid NOT NULL,
    number bigint NOT NULL,
    seq int NOT NULL,
    kind text NOT NULL,
    row_id uuid NOT NULL,
    action text NOT NULL,
    made_at timestamptz NOT NULL,
    status text NOT NULL CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'skipped', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    -- Somebody is at it until then; who dies leaves it to the next one.
    leased_until timestamptz,
    last_status int,
    last_error text,
    ended_at timestamptz,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (webhook_id, id),
    CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (commune_id, webhook_id) REFERENCES webhooks (commune_id, id)
);
CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (commune_id, webhook_id);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_object_idx ON webhook_deliveries (webhook_id, row_id, number, seq) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_ended_idx ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
