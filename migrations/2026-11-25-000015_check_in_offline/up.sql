-- The device that presence was taken with: a queue may be handed in by another phone than the one that took it.
ALTER TABLE sign_ups ADD COLUMN check_in_device text CONSTRAINT sign_ups_device_check CHECK (length(check_in_device) BETWEEN 1 AND 255);
