-- Who saw contact and sensitive fields of whom. Written aside by a task of each instance, so it has no version and no
-- mark, and names users without a foreign key: the log outlives what it names. Kept two years.
CREATE TABLE reads (
    commune_id uuid NOT NULL,
    id uuid NOT NULL CONSTRAINT reads_id_key UNIQUE,
    at timestamptz NOT NULL,
    user_id uuid,
    session_id uuid,
    request_id uuid NOT NULL,
    operation text NOT NULL,
    resource text NOT NULL,
    row_ids uuid[] NOT NULL,
    fields text[] NOT NULL,
    CONSTRAINT reads_pkey PRIMARY KEY (commune_id, id)
);
CREATE INDEX reads_at_idx ON reads (commune_id, at, id);
CREATE INDEX reads_user_idx ON reads (commune_id, user_id, at);
-- "Who has seen this person's data?"
CREATE INDEX reads_row_ids_idx ON reads USING gin (row_ids);
