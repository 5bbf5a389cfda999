DROP TABLE webhook_deliveries, webhook_positions, webhooks;
