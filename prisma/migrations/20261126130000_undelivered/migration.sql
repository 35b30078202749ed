-- Why an event had no delivery when it was accepted. Null: it had one, or was accepted by a process of an earlier version.
ALTER TABLE events ADD COLUMN undelivered text;
