DROP INDEX volunteers_search_idx;
DROP TABLE import_work, imports;
