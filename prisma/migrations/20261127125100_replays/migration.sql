-- Bulk replays: what is sent again, how fast, and how far it is. What was decided about each delivery is a row of replay_items, written
-- in the transaction that opened the delivery, so that a replay goes on after a crash where it was.
CREATE TABLE replays (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  name text NOT NULL,
  mode text NOT NULL,
  filter json NOT NULL,
  upper_id uuid NOT NULL,
  total int NOT NULL,
  rate_per_second double precision NOT NULL,
  state text NOT NULL DEFAULT 'running',
  cursor uuid,
  sent int NOT NULL DEFAULT 0,
  skipped int NOT NULL DEFAULT 0,
  stepped_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3)
);
CREATE INDEX replays_tenant_id_id_idx ON replays (tenant_id, id);
CREATE INDEX replays_running_idx ON replays (id) WHERE state = 'running';

CREATE TABLE replay_items (
  replay_id uuid NOT NULL REFERENCES replays (id) ON DELETE CASCADE,
  delivery_id uuid NOT NULL,
  -- null: it was skipped, for `reason`
  sent_id uuid,
  reason text,
  PRIMARY KEY (replay_id, delivery_id)
);
