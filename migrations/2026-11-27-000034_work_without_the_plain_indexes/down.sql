CREATE INDEX webhook_positions_webhook_idx ON webhook_positions (commune_id, webhook_id);
CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (commune_id, webhook_id);
CREATE INDEX import_work_import_idx ON import_work (commune_id, import_id);
