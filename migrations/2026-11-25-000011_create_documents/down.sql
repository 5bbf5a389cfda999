ALTER TABLE campaigns DROP COLUMN plan_document_id, DROP COLUMN roads_close_on;
DROP TABLE document_recipients, documents;
