ALTER TABLE sign_ups DROP COLUMN check_in_device;
