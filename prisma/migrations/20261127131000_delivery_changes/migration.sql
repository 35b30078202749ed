-- What changed a delivery's course beside its attempts: held, released, retried, replayed, each with the time, and by whom. A list of the
-- last 50, oldest first. Null: nothing did.
ALTER TABLE deliveries ADD COLUMN changes jsonb;
