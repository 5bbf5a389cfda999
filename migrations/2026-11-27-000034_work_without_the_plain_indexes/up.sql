-- The keys that name the commune serve the foreign keys too.
DROP INDEX webhook_positions_webhook_idx, webhook_deliveries_webhook_idx, import_work_import_idx;
