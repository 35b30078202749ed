-- Erasures of what is stored about a pass. plan_box has the ids, sealed, while one is running; subject_hash stays.
CREATE TABLE erasures (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  -- 'passId' or 'userProvidedId'
  subject text NOT NULL,
  subject_hash text NOT NULL,
  plan_key_id text,
  plan_box bytea,
  state text NOT NULL DEFAULT 'running',
  -- how far the search for the passes of a userProvidedId is, and whether it has ended
  cursor uuid,
  searched boolean NOT NULL,
  passes integer NOT NULL,
  counts json NOT NULL DEFAULT '{}',
  -- the transaction that made it: what an older one writes belongs to it too
  begun_in text NOT NULL DEFAULT pg_current_xact_id()::text,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3)
);
CREATE INDEX erasures_tenant_id_id_idx ON erasures (tenant_id, id);
CREATE INDEX erasures_running_idx ON erasures (id) WHERE state = 'running';

-- an erasure finds its dead letters by it
CREATE INDEX dead_letters_tenant_id_pass_id_idx ON dead_letters (tenant_id, pass_id);
