DROP TABLE campaign_sums;
ALTER TABLE activity_sums DROP COLUMN figures, DROP COLUMN military_man_days;
DROP TABLE results, metrics;
