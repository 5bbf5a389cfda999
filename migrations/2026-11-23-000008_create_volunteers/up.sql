CREATE TABLE volunteers (
    commune_id uuid NOT NULL CONSTRAINT volunteers_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT volunteers_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    full_name text COLLATE vi_natural NOT NULL,
    birth_year int,
    phone text,
    phone_masked text,
    category text,
    unit_id uuid,
    hamlet_id uuid,
    skills text[] NOT NULL DEFAULT '{}',
    emergency_contact jsonb,
    user_id uuid CONSTRAINT volunteers_user_fkey REFERENCES users,
    source text NOT NULL CONSTRAINT volunteers_source_check CHECK (source IN ('self', 'head', 'organisation', 'office', 'import')),
    merged_into uuid,
    status text NOT NULL CONSTRAINT volunteers_status_check CHECK (status IN ('unverified', 'active', 'suspended', 'merged', 'anonymised')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT volunteers_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT volunteers_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id),
    CONSTRAINT volunteers_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT volunteers_merged_into_fkey FOREIGN KEY (commune_id, merged_into) REFERENCES volunteers (commune_id, id)
);
CREATE INDEX volunteers_full_name_idx ON volunteers (commune_id, full_name, id);
CREATE INDEX volunteers_unit_idx ON volunteers (commune_id, unit_id);
CREATE INDEX volunteers_hamlet_idx ON volunteers (commune_id, hamlet_id);
CREATE INDEX volunteers_merged_into_idx ON volunteers (commune_id, merged_into);
CREATE INDEX volunteers_user_idx ON volunteers (user_id);

CREATE TABLE consents (
    commune_id uuid NOT NULL CONSTRAINT consents_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT consents_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    volunteer_id uuid NOT NULL,
    purpose text NOT NULL CONSTRAINT consents_purpose_check CHECK (purpose IN ('participation', 'contact', 'publication', 'photos', 'awards')),
    text_version text NOT NULL,
    given_via text NOT NULL CONSTRAINT consents_given_via_check CHECK (given_via IN ('self', 'oral_to_head', 'paper')),
    recorded_by uuid CONSTRAINT consents_recorded_by_fkey REFERENCES users,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    guardian jsonb,
    status text NOT NULL CONSTRAINT consents_status_check CHECK (status IN ('given', 'withdrawn')),
    request_hash bytea NOT NULL,
    CONSTRAINT consents_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT consents_volunteer_fkey FOREIGN KEY (commune_id, volunteer_id) REFERENCES volunteers (commune_id, id)
);
-- One standing consent for each purpose.
CREATE UNIQUE INDEX consents_standing_key ON consents (commune_id, volunteer_id, purpose) WHERE status = 'given';
CREATE INDEX consents_given_at_idx ON consents (commune_id, given_at, id);
CREATE INDEX consents_recorded_by_idx ON consents (recorded_by);
