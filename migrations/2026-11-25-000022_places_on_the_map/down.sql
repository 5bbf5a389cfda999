DELETE FROM schema_tolerance WHERE oldest_program = 22;
DROP INDEX road_registrations_campaign_idx;
ALTER TABLE road_registrations DROP COLUMN geometry;
ALTER TABLE road_registrations ADD COLUMN road_key text;
-- The words of the name without what says that it is a road.
UPDATE road_registrations SET road_key =
    regexp_replace(btrim(regexp_replace(search, '[ \-–,.]+', ' ', 'g')), '^((tuyen|duong|doan|con) )+', '');
ALTER TABLE road_registrations ALTER COLUMN road_key SET NOT NULL;
CREATE INDEX road_registrations_campaign_idx ON road_registrations (commune_id, campaign_id, road_key);
ALTER TABLE hamlets DROP COLUMN geometry;
UPDATE activities SET place = place - 'geometry' WHERE place ? 'geometry';
