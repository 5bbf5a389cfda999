-- Lists from spreadsheets, and what became of them.
CREATE TABLE imports (
    commune_id uuid NOT NULL CONSTRAINT imports_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT imports_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Whose rights decide: a user, or an API client and its maker. Named without a foreign key, since shared tables may
    -- lie elsewhere.
    user_id uuid NOT NULL,
    client_id uuid,
    kind text NOT NULL CONSTRAINT imports_kind_check CHECK (kind IN ('volunteers', 'group_members', 'hamlets', 'units', 'activities', 'users')),
    file_name text,
    campaign_id uuid,
    group_id uuid,
    dry_run boolean NOT NULL,
    skip_errors boolean NOT NULL,
    rows_total int NOT NULL,
    rows_imported int NOT NULL DEFAULT 0,
    rows_refused int NOT NULL DEFAULT 0,
    problem text,
    status text NOT NULL CONSTRAINT imports_status_check CHECK (status IN ('waiting', 'checked', 'done', 'failed', 'cancelled')),
    request_hash bytea NOT NULL,
    CONSTRAINT imports_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT imports_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT imports_group_fkey FOREIGN KEY (commune_id, group_id) REFERENCES sign_ups (commune_id, id)
);
CREATE INDEX imports_created_at_idx ON imports (commune_id, created_at, id);
CREATE INDEX imports_campaign_idx ON imports (commune_id, campaign_id);
CREATE INDEX imports_group_idx ON imports (commune_id, group_id);

-- The work on an import: its rows until it has ended, how far it is, and what each row came to. Not part of the import:
-- it moves all the time, and it is swept 30 days after its end.
CREATE TABLE import_work (
    import_id uuid CONSTRAINT import_work_pkey PRIMARY KEY,
    commune_id uuid NOT NULL,
    scopes text[] NOT NULL,
    -- [[row number, {field: value}]]: personal data, emptied at the end.
    rows jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    -- Somebody is at it until then; who dies leaves it to the next one.
    leased_until timestamptz,
    attempts int NOT NULL DEFAULT 0,
    rows_checked int NOT NULL DEFAULT 0,
    report jsonb NOT NULL DEFAULT '{}',
    ended_at timestamptz,
    CONSTRAINT import_work_import_fkey FOREIGN KEY (commune_id, import_id) REFERENCES imports (commune_id, id)
);
CREATE INDEX import_work_import_idx ON import_work (commune_id, import_id);
CREATE INDEX import_work_due_idx ON import_work (made_at) WHERE ended_at IS NULL;
CREATE INDEX import_work_ended_idx ON import_work (ended_at) WHERE ended_at IS NOT NULL;
-- A person is looked for by name before a row is taken for somebody new.
CREATE INDEX volunteers_search_idx ON volunteers (commune_id, search);
