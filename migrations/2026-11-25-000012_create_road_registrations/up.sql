-- Roads that hamlet heads ask to be worked on (plan, part III.2.9).
CREATE TABLE road_registrations (
    commune_id uuid NOT NULL CONSTRAINT road_registrations_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT road_registrations_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    hamlet_id uuid NOT NULL,
    road_name text COLLATE vi_natural NOT NULL,
    from_place text,
    to_place text,
    length_m int NOT NULL CONSTRAINT road_registrations_length_check CHECK (length_m > 0),
    width_m double precision CONSTRAINT road_registrations_width_check CHECK (width_m > 0),
    work_types text[] NOT NULL DEFAULT '{}',
    condition text,
    priority text NOT NULL CONSTRAINT road_registrations_priority_check CHECK (priority IN ('low', 'normal', 'high')),
    wanted_dates date[] NOT NULL DEFAULT '{}',
    residents_expected int CONSTRAINT road_registrations_residents_check CHECK (residents_expected >= 0),
    tools text[] NOT NULL DEFAULT '{}',
    -- Contact: {name, phone}.
    contact jsonb,
    survey_note text,
    surveyed_at timestamptz,
    source text NOT NULL CONSTRAINT road_registrations_source_check CHECK (source IN ('head', 'office', 'import')),
    late boolean NOT NULL,
    accepted_length_m int CONSTRAINT road_registrations_accepted_check CHECK (accepted_length_m > 0),
    merged_into uuid,
    -- The sessions that it was put into; checked in the write, under the commune's lock.
    activity_ids uuid[] NOT NULL DEFAULT '{}',
    done_length_m int NOT NULL CONSTRAINT road_registrations_done_check CHECK (done_length_m >= 0),
    done_by uuid CONSTRAINT road_registrations_done_by_fkey REFERENCES users,
    status text NOT NULL CONSTRAINT road_registrations_status_check CHECK (status IN
        ('draft', 'submitted', 'returned', 'accepted', 'rejected', 'merged', 'withdrawn', 'scheduled', 'in_progress', 'done', 'confirmed')),
    -- The name without its kind ("đường", "tuyến đường"), folded: what tells that two registrations are of one road.
    road_key text NOT NULL,
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT road_registrations_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT road_registrations_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT road_registrations_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT road_registrations_merged_into_fkey FOREIGN KEY (commune_id, merged_into) REFERENCES road_registrations (commune_id, id)
);
CREATE INDEX road_registrations_road_name_idx ON road_registrations (commune_id, road_name, id);
CREATE INDEX road_registrations_created_at_idx ON road_registrations (commune_id, created_at, id);
CREATE INDEX road_registrations_campaign_idx ON road_registrations (commune_id, campaign_id, road_key);
CREATE INDEX road_registrations_hamlet_idx ON road_registrations (commune_id, hamlet_id);
CREATE INDEX road_registrations_merged_into_idx ON road_registrations (commune_id, merged_into);
CREATE INDEX road_registrations_done_by_idx ON road_registrations (done_by);
