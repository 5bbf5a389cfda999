-- GeoJSON (RFC 7946), checked by the program.
ALTER TABLE hamlets ADD COLUMN geometry jsonb;
-- A table has 32 columns at most. The road's key follows from its name and is made where it is compared.
DROP INDEX road_registrations_campaign_idx;
ALTER TABLE road_registrations DROP COLUMN road_key;
ALTER TABLE road_registrations ADD COLUMN geometry jsonb;
CREATE INDEX road_registrations_campaign_idx ON road_registrations (commune_id, campaign_id);
-- Older programs read and write the key: end them first.
INSERT INTO schema_tolerance VALUES (22);
