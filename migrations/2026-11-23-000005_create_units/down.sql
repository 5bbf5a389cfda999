DROP TABLE units, unit_kinds, military_units;
