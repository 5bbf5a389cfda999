-- The floor of everything: text order, feeds, the journal, seals, retries. See src/journal/mod.rs.

-- Vietnamese order that also puts "Ấp 2" before "Ấp 10".
CREATE COLLATION vi_natural (provider = icu, locale = 'vi-u-kn-true');

-- The oldest program (number of migrations that it knows) that may serve on this schema.
CREATE TABLE schema_tolerance (
    oldest_program bigint CONSTRAINT schema_tolerance_pkey PRIMARY KEY,
    noted_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO schema_tolerance VALUES (1);

-- Renewed by `danvan epoch new` after a restore: numbers may have gone back, so cursors and ETags become void.
CREATE TABLE epochs (
    id uuid CONSTRAINT epochs_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    made_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO epochs DEFAULT VALUES;

-- One clock per commune, plus `reference` and `accounts`. A row is updated by every write of its commune: the free
-- space lets all those versions stay on the page.
CREATE TABLE feeds (
    id uuid CONSTRAINT feeds_pkey PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);
INSERT INTO feeds (id) VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');

-- The number at which each kind of row last changed.
CREATE TABLE feed_marks (
    feed_id uuid NOT NULL CONSTRAINT feed_marks_feed_fkey REFERENCES feeds,
    kind text NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT feed_marks_pkey PRIMARY KEY (feed_id, kind)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE journal (
    feed_id uuid NOT NULL,
    number bigint NOT NULL,
    seq int NOT NULL,
    at timestamptz NOT NULL,
    occurred_at timestamptz,
    kind text NOT NULL,
    row_id uuid NOT NULL,
    action text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    user_id uuid,
    role text,
    acting_for uuid,
    session_id uuid,
    device_id text,
    request_id uuid,
    -- The reach columns: where the row lay before and after.
    old_campaign_id uuid,
    old_hamlet_id uuid,
    old_unit_id uuid,
    old_owner_id uuid,
    campaign_id uuid,
    hamlet_id uuid,
    unit_id uuid,
    owner_id uuid,
    CONSTRAINT journal_pkey PRIMARY KEY (feed_id, number, seq)
);
CREATE INDEX journal_row_idx ON journal (feed_id, row_id, number);

CREATE TABLE journal_seals (
    feed_id uuid NOT NULL,
    from_number bigint NOT NULL,
    to_number bigint NOT NULL,
    row_count bigint NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT journal_seals_pkey PRIMARY KEY (feed_id, to_number),
    CONSTRAINT journal_seals_from_key UNIQUE (feed_id, from_number)
);

-- What a retried request finds: no bodies, only where its result is. Kept 30 days.
CREATE TABLE idempotency_keys (
    feed_id uuid NOT NULL,
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    row_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (feed_id, user_id, key)
);
CREATE INDEX idempotency_keys_made_at_idx ON idempotency_keys (made_at);
