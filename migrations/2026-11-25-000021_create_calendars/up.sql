-- Links by which calendar programs read somebody's own schedule: one for each user and commune. The token itself is not
-- stored.
CREATE TABLE calendar_links (
    user_id uuid NOT NULL CONSTRAINT calendar_links_user_fkey REFERENCES users,
    commune_id uuid NOT NULL CONSTRAINT calendar_links_commune_fkey REFERENCES communes,
    token_hash bytea NOT NULL CONSTRAINT calendar_links_token_key UNIQUE,
    made_at timestamptz NOT NULL,
    CONSTRAINT calendar_links_pkey PRIMARY KEY (user_id, commune_id)
);
CREATE INDEX calendar_links_commune_idx ON calendar_links (commune_id);
