CREATE TABLE sign_ups (
    commune_id uuid NOT NULL CONSTRAINT sign_ups_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT sign_ups_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    volunteer_id uuid,
    group_name text,
    unit_id uuid,
    hamlet_id uuid,
    headcount_signed_up int NOT NULL CONSTRAINT sign_ups_headcount_check CHECK (headcount_signed_up BETWEEN 1 AND 500),
    headcount_present int CONSTRAINT sign_ups_present_check CHECK (headcount_present BETWEEN 0 AND 500),
    source text NOT NULL CONSTRAINT sign_ups_source_check CHECK (source IN ('self', 'head', 'organisation', 'office', 'walk_in', 'import')),
    reconfirmation text CONSTRAINT sign_ups_reconfirmation_check CHECK (reconfirmation IN ('asked', 'yes', 'no')),
    checked_in_at timestamptz,
    check_in_method text CONSTRAINT sign_ups_method_check CHECK (check_in_method IN ('self', 'by_hand', 'qr', 'walk_in')),
    late boolean NOT NULL,
    walk_in boolean NOT NULL,
    checked_out_at timestamptz,
    minutes int CONSTRAINT sign_ups_minutes_check CHECK (minutes BETWEEN 0 AND 1440),
    man_days double precision CONSTRAINT sign_ups_man_days_check CHECK (man_days >= 0),
    note text,
    -- The group that this person was signed up with: a named member takes no seat of its own.
    group_id uuid,
    status text NOT NULL CONSTRAINT sign_ups_status_check CHECK (status IN ('pending', 'waitlisted', 'confirmed', 'checked_in', 'attended', 'no_show', 'rejected', 'withdrawn', 'cancelled')),
    request_hash bytea NOT NULL,
    CONSTRAINT sign_ups_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT sign_ups_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT sign_ups_activity_fkey FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
    CONSTRAINT sign_ups_volunteer_fkey FOREIGN KEY (commune_id, volunteer_id) REFERENCES volunteers (commune_id, id),
    CONSTRAINT sign_ups_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id),
    CONSTRAINT sign_ups_group_fkey FOREIGN KEY (commune_id, group_id) REFERENCES sign_ups (commune_id, id),
    CONSTRAINT sign_ups_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT sign_ups_who_check CHECK ((volunteer_id IS NULL) <> (group_name IS NULL))
);
-- One person has one live sign-up for an activity.
CREATE UNIQUE INDEX sign_ups_person_key ON sign_ups (commune_id, activity_id, volunteer_id) WHERE status NOT IN ('rejected', 'withdrawn', 'cancelled');
CREATE INDEX sign_ups_created_at_idx ON sign_ups (commune_id, created_at, id);
CREATE INDEX sign_ups_activity_idx ON sign_ups (commune_id, activity_id, status);
CREATE INDEX sign_ups_volunteer_idx ON sign_ups (commune_id, volunteer_id);
CREATE INDEX sign_ups_campaign_idx ON sign_ups (commune_id, campaign_id);
CREATE INDEX sign_ups_unit_idx ON sign_ups (commune_id, unit_id);
CREATE INDEX sign_ups_group_idx ON sign_ups (commune_id, group_id);
CREATE INDEX sign_ups_hamlet_idx ON sign_ups (commune_id, hamlet_id);

-- What a screen shows of an activity, kept in the write's transaction. A table of its own, with its own version and
-- mark: else every check-in would change the schedule's tags.
CREATE TABLE activity_sums (
    commune_id uuid NOT NULL CONSTRAINT activity_sums_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT activity_sums_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    hamlet_id uuid,
    seats_taken int NOT NULL,
    waiting int NOT NULL,
    pending int NOT NULL,
    present int NOT NULL,
    man_days double precision NOT NULL,
    status text NOT NULL CONSTRAINT activity_sums_status_check CHECK (status = 'kept'),
    request_hash bytea NOT NULL,
    CONSTRAINT activity_sums_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT activity_sums_activity_fkey FOREIGN KEY (commune_id, id) REFERENCES activities (commune_id, id)
);
