DROP TABLE idempotency_keys, journal_seals, journal, feed_marks, feeds, epochs, schema_tolerance;
DROP COLLATION vi_natural;
