-- A person can pause an endpoint: its subscriptions are disabled as `paused` until it is enabled.
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_disabled_check;
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_disabled_check
  CHECK (disabled IN ('requested', 'gone', 'failing', 'paused')) NOT VALID;
ALTER TABLE endpoints ADD COLUMN paused_at timestamptz(3), ADD COLUMN paused_by text, ADD COLUMN paused_reason text;

-- What a worker says of itself with every beat.
ALTER TABLE workers ADD COLUMN version text, ADD COLUMN slots int, ADD COLUMN in_flight int;
