-- A webhook hears no more than the token that it was made with.
ALTER TABLE webhooks ADD COLUMN scopes text[] NOT NULL DEFAULT '{}';
UPDATE webhooks w SET scopes = c.scopes FROM api_clients c WHERE c.id = w.client_id;
