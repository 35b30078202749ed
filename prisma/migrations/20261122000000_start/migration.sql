-- Configuration. Rows are deleted softly (deleted_at), because deliveries go on naming them. Every change of a tenant's
-- configuration raises tenants.config_version in its own transaction: caches compare it and reload.

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  config_version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  tenant_id uuid REFERENCES tenants (id),
  role text NOT NULL CHECK (role IN ('admin', 'tenant', 'producer', 'support')),
  name text NOT NULL,
  hint text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  revoked_at timestamptz(3),
  CHECK (role <> 'tenant' OR tenant_id IS NOT NULL),
  CHECK (role <> 'admin' OR tenant_id IS NULL)
);
CREATE INDEX api_keys_tenant_id_id_idx ON api_keys (tenant_id, id);

CREATE TABLE templates (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  external_id text,
  name text NOT NULL,
  pass_type text NOT NULL,
  fields json NOT NULL,
  personalised json NOT NULL,
  vendor json NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);
CREATE INDEX templates_tenant_id_id_idx ON templates (tenant_id, id);
CREATE UNIQUE INDEX templates_tenant_id_external_id_key ON templates (tenant_id, external_id) WHERE deleted_at IS NULL;

CREATE TABLE integrations (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  name text NOT NULL,
  dialect text NOT NULL,
  options json NOT NULL,
  headers_key_id text,
  headers_box bytea,
  policy json NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);
CREATE INDEX integrations_tenant_id_id_idx ON integrations (tenant_id, id);

-- Signing secrets, AES-256-GCM. key_id names the encryption key that opens the box.
CREATE TABLE secrets (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  integration_id uuid NOT NULL REFERENCES integrations (id),
  kind text NOT NULL,
  key_id text NOT NULL,
  box bytea NOT NULL,
  public_key text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3)
);
CREATE INDEX secrets_integration_id_idx ON secrets (integration_id);

CREATE TABLE endpoints (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  integration_id uuid NOT NULL REFERENCES integrations (id),
  url text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX endpoints_integration_id_url_key ON endpoints (integration_id, url);
CREATE INDEX endpoints_tenant_id_id_idx ON endpoints (tenant_id, id);

CREATE TABLE subscriptions (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  integration_id uuid NOT NULL REFERENCES integrations (id),
  endpoint_id uuid NOT NULL REFERENCES endpoints (id),
  template_id uuid REFERENCES templates (id),
  trigger text NOT NULL,
  url text NOT NULL,
  mapping json NOT NULL,
  options json NOT NULL,
  known_fields json,
  disabled text CHECK (disabled IN ('requested', 'gone', 'failing')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at timestamptz(3)
);
CREATE INDEX subscriptions_tenant_id_id_idx ON subscriptions (tenant_id, id);
CREATE INDEX subscriptions_endpoint_id_idx ON subscriptions (endpoint_id);

-- What happened. Events, deliveries and attempts are partitioned by the time in their ids, so that retention drops whole
-- partitions; hence no foreign keys to them, and uniqueness of a producer's id in a table of its own. Partitions are made
-- ahead by the worker; the default ones catch what falls outside (clock skew).

-- Ids that producers gave their events, kept for 7 days.
CREATE TABLE event_keys (
  tenant_id uuid NOT NULL,
  producer_id text NOT NULL,
  event_id uuid NOT NULL,
  body_hash bytea NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, producer_id)
);
CREATE INDEX event_keys_expires_at_idx ON event_keys (expires_at);

-- The copies of a pass on devices, as install and uninstall events told of them.
CREATE TABLE installations (
  tenant_id uuid NOT NULL,
  pass_id text NOT NULL,
  install_id text NOT NULL,
  active boolean NOT NULL,
  registered_at text,
  unregistered_at text,
  PRIMARY KEY (tenant_id, pass_id, install_id)
);

-- facts is JSON kept as text: jsonb would reorder names, and nothing here looks inside.
CREATE TABLE events (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  template_id uuid NOT NULL,
  type text NOT NULL,
  pass_id text NOT NULL,
  producer_id text,
  derived_from uuid,
  facts text NOT NULL,
  accepted_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_tenant_id_id_idx ON events (tenant_id, id);
CREATE INDEX events_tenant_id_pass_id_id_idx ON events (tenant_id, pass_id, id);

CREATE TABLE deliveries (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  event_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  trigger text NOT NULL,
  pass_id text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held', 'succeeded', 'dead', 'cancelled')),
  -- attempts made; those before the last replay; how often it was claimed (fences a worker whose lease ran out)
  attempts integer NOT NULL DEFAULT 0,
  attempts_before integer NOT NULL DEFAULT 0,
  claim integer NOT NULL DEFAULT 0,
  -- when it must be looked at again: the next attempt, or the end of the lease while it is being delivered
  due_at timestamptz(3),
  message_id uuid NOT NULL,
  replay_of uuid,
  test boolean NOT NULL DEFAULT false,
  body text,
  last_status integer,
  last_reason text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3),
  ended_reason text,
  ended_by text,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE deliveries_default PARTITION OF deliveries DEFAULT;
CREATE INDEX deliveries_tenant_id_id_idx ON deliveries (tenant_id, id);
CREATE INDEX deliveries_tenant_id_pass_id_id_idx ON deliveries (tenant_id, pass_id, id);
CREATE INDEX deliveries_subscription_id_id_idx ON deliveries (subscription_id, id);
-- what is scheduled, and nothing else: the sweep's index
CREATE INDEX deliveries_due_at_id_idx ON deliveries (due_at, id) WHERE due_at IS NOT NULL;
-- what a change of configuration must reach (cancel, hold, move) without reading a subscription's whole history
CREATE INDEX deliveries_open_idx ON deliveries (subscription_id, id)
  WHERE state IN ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held');
-- what waits for a person
CREATE INDEX deliveries_held_idx ON deliveries (subscription_id, id) WHERE state = 'held';

CREATE TABLE attempts (
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  started_at timestamptz(3) NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('delivered', 'retryable', 'permanent')),
  outcome json NOT NULL,
  request json,
  PRIMARY KEY (delivery_id, number)
) PARTITION BY RANGE (delivery_id);
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;

-- Outlives its delivery: everything needed to send it again stands here.
CREATE TABLE dead_letters (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  template_id uuid,
  derived_from uuid,
  trigger text NOT NULL,
  pass_id text NOT NULL,
  message_id uuid NOT NULL,
  reason text NOT NULL,
  facts text,
  body text,
  last_attempt json NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  closed_at timestamptz(3),
  closed_as text CHECK (closed_as IN ('replayed', 'discarded')),
  closed_by text
);
CREATE INDEX dead_letters_tenant_id_id_idx ON dead_letters (tenant_id, id);
CREATE INDEX dead_letters_delivery_id_idx ON dead_letters (delivery_id);

-- Answers kept under an Idempotency-Key for 24 hours. status is null while the first request is under way.
CREATE TABLE kept_answers (
  scope text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status integer,
  body text,
  began_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX kept_answers_began_at_idx ON kept_answers (began_at);
