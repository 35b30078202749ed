-- What a row was about can be removed from it, while the row stays: facts, body and known_device are null then, and what was sent and
-- answered is cut from its attempts. removed_as: 'retention' or 'erasure'; null: nothing was removed.
ALTER TABLE events ALTER COLUMN facts DROP NOT NULL;
ALTER TABLE events ADD COLUMN removed_as text, ADD COLUMN removed_at timestamptz(3);
ALTER TABLE deliveries ADD COLUMN removed_as text, ADD COLUMN removed_at timestamptz(3);
ALTER TABLE dead_letters ADD COLUMN removed_as text, ADD COLUMN removed_at timestamptz(3);
