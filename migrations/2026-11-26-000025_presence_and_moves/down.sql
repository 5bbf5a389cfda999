ALTER TABLE imports
    DROP CONSTRAINT imports_status_check,
    ADD CONSTRAINT imports_status_check CHECK (status IN ('waiting', 'checked', 'done', 'failed', 'cancelled'));
ALTER TABLE feeds DROP COLUMN ended_on;
DROP INDEX sign_ups_to_place_idx;
DROP INDEX sign_ups_apart_of_idx;
DROP INDEX sign_ups_person_key;
CREATE UNIQUE INDEX sign_ups_person_key ON sign_ups (commune_id, activity_id, volunteer_id) WHERE status NOT IN ('rejected', 'withdrawn', 'cancelled');
ALTER TABLE sign_ups
    DROP CONSTRAINT sign_ups_status_check,
    ADD CONSTRAINT sign_ups_status_check CHECK (status IN ('pending', 'waitlisted', 'confirmed', 'checked_in', 'attended', 'no_show', 'rejected', 'withdrawn', 'cancelled'));
ALTER TABLE sign_ups DROP COLUMN marks, DROP COLUMN apart_of;
ALTER TABLE campaigns DROP COLUMN presence_tolerance_minutes;
ALTER TABLE activities ADD COLUMN target jsonb;
UPDATE activities SET target = course->'target' WHERE course->>'target' IS NOT NULL;
ALTER TABLE activities DROP COLUMN course;
