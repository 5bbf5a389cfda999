-- The day was moved: why, and from when; kept until it is moved again. Presence of the former day is not counted on the new one.
-- One column for what stands at few activities: target, default minutes, the move, a head's wish to put it off.
ALTER TABLE activities ADD COLUMN course jsonb NOT NULL DEFAULT '{}';
UPDATE activities SET course = jsonb_build_object('target', target) WHERE target IS NOT NULL;
ALTER TABLE activities DROP COLUMN target;
-- How far from an activity's hours presence still counts as it was told.
ALTER TABLE campaigns
    ADD COLUMN presence_tolerance_minutes int NOT NULL DEFAULT 60 CONSTRAINT campaigns_tolerance_check CHECK (presence_tolerance_minutes BETWEEN 0 AND 720);
-- What the office should look at; and presence of a session that did not take place then, in rows of their own.
ALTER TABLE sign_ups ADD COLUMN marks text[] NOT NULL DEFAULT '{}', ADD COLUMN apart_of uuid;
ALTER TABLE sign_ups
    DROP CONSTRAINT sign_ups_status_check,
    ADD CONSTRAINT sign_ups_status_check CHECK (status IN ('pending', 'waitlisted', 'confirmed', 'checked_in', 'attended', 'no_show', 'to_place', 'rejected', 'withdrawn', 'cancelled'));
DROP INDEX sign_ups_person_key;
CREATE UNIQUE INDEX sign_ups_person_key ON sign_ups (commune_id, activity_id, volunteer_id) WHERE status NOT IN ('to_place', 'rejected', 'withdrawn', 'cancelled');
CREATE INDEX sign_ups_apart_of_idx ON sign_ups (commune_id, apart_of) WHERE apart_of IS NOT NULL;
CREATE INDEX sign_ups_to_place_idx ON sign_ups (commune_id, activity_id) WHERE status = 'to_place';
-- The last day on which a commune takes new rows; told by the tick of every write.
ALTER TABLE feeds ADD COLUMN ended_on date;
UPDATE feeds SET ended_on = c.valid_to FROM communes c WHERE c.id = feeds.id AND c.status <> 'active';
-- A wrong import is taken back.
ALTER TABLE imports
    DROP CONSTRAINT imports_status_check,
    ADD CONSTRAINT imports_status_check CHECK (status IN ('waiting', 'checked', 'done', 'failed', 'undone', 'cancelled'));
