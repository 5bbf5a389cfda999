-- Plans, decisions, reports, notices and minutes. Number and day stay blank until the document is issued.
CREATE TABLE documents (
    commune_id uuid NOT NULL CONSTRAINT documents_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT documents_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid,
    kind text NOT NULL CONSTRAINT documents_kind_check CHECK (kind IN ('plan', 'decision', 'report', 'notice', 'minutes')),
    number int CONSTRAINT documents_number_check CHECK (number > 0),
    symbol text NOT NULL,
    place text,
    issued_on date,
    year int NOT NULL,
    issuing_unit_id uuid NOT NULL,
    drafting_unit_id uuid,
    subject text COLLATE vi_natural NOT NULL,
    intro text,
    closing text,
    bases jsonb NOT NULL DEFAULT '[]',
    sections jsonb NOT NULL DEFAULT '[]',
    annexes jsonb NOT NULL DEFAULT '[]',
    -- How it is signed: form, for whom, by whom.
    signature jsonb NOT NULL,
    replaces_id uuid,
    replaces_as text CONSTRAINT documents_replaces_as_check CHECK (replaces_as IN ('amends', 'supersedes')),
    published_at timestamptz,
    status text NOT NULL CONSTRAINT documents_status_check
        CHECK (status IN ('draft', 'in_review', 'returned', 'approved', 'issued', 'amended', 'superseded', 'withdrawn', 'cancelled')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT documents_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT documents_issuing_unit_fkey FOREIGN KEY (commune_id, issuing_unit_id) REFERENCES units (commune_id, id),
    CONSTRAINT documents_drafting_unit_fkey FOREIGN KEY (commune_id, drafting_unit_id) REFERENCES units (commune_id, id),
    CONSTRAINT documents_replaces_fkey FOREIGN KEY (commune_id, replaces_id) REFERENCES documents (commune_id, id),
    CONSTRAINT documents_replaces_check CHECK ((replaces_id IS NULL) = (replaces_as IS NULL)),
    CONSTRAINT documents_issued_check CHECK (status IN ('draft', 'in_review', 'returned', 'approved', 'withdrawn') OR (number IS NOT NULL AND issued_on IS NOT NULL))
);
-- One number for each body, kind and year; a number once given stays taken.
CREATE UNIQUE INDEX documents_number_key ON documents (commune_id, issuing_unit_id, kind, year, number) WHERE number IS NOT NULL;
CREATE INDEX documents_created_at_idx ON documents (commune_id, created_at, id);
CREATE INDEX documents_campaign_idx ON documents (commune_id, campaign_id);
CREATE INDEX documents_drafting_unit_idx ON documents (commune_id, drafting_unit_id);
CREATE INDEX documents_issuing_unit_idx ON documents (commune_id, issuing_unit_id);
CREATE INDEX documents_replaces_idx ON documents (commune_id, replaces_id);

-- Who gets a document: each recipient marks it read in a row of its own. A line as printed may stand for several units.
CREATE TABLE document_recipients (
    commune_id uuid NOT NULL CONSTRAINT document_recipients_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT document_recipients_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    document_id uuid NOT NULL,
    text_as_printed text NOT NULL,
    unit_id uuid,
    archive boolean NOT NULL,
    sort_order int NOT NULL,
    sent_at timestamptz,
    read_at timestamptz,
    read_by uuid CONSTRAINT document_recipients_read_by_fkey REFERENCES users,
    status text NOT NULL CONSTRAINT document_recipients_status_check CHECK (status IN ('listed', 'sent', 'read', 'removed')),
    request_hash bytea NOT NULL,
    CONSTRAINT document_recipients_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT document_recipients_document_fkey FOREIGN KEY (commune_id, document_id) REFERENCES documents (commune_id, id),
    CONSTRAINT document_recipients_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id)
);
CREATE UNIQUE INDEX document_recipients_unit_key ON document_recipients (commune_id, document_id, unit_id) WHERE status <> 'removed';
CREATE INDEX document_recipients_sort_order_idx ON document_recipients (commune_id, sort_order, id);
CREATE INDEX document_recipients_document_idx ON document_recipients (commune_id, document_id);
CREATE INDEX document_recipients_unit_idx ON document_recipients (commune_id, unit_id);
CREATE INDEX document_recipients_read_by_idx ON document_recipients (read_by);

ALTER TABLE campaigns
    ADD COLUMN plan_document_id uuid,
    ADD COLUMN roads_close_on date,
    ADD CONSTRAINT campaigns_plan_document_fkey FOREIGN KEY (commune_id, plan_document_id) REFERENCES documents (commune_id, id);
CREATE INDEX campaigns_plan_document_idx ON campaigns (commune_id, plan_document_id);
