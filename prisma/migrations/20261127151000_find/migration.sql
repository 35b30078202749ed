-- What people search deliveries and events by. Columns are written from now on: what was stored before is not found by them.

ALTER TABLE deliveries
  -- how the last attempt failed where it got no answer: a word of SEND_FAILURES, or 'unbuildable'
  ADD COLUMN last_failure text,
  ADD COLUMN last_attempt_at timestamptz(3);

-- With those who look at an endpoint; the others have only what is in trouble, so that a delivery that succeeds costs them nothing.
CREATE INDEX deliveries_endpoint_id_id_idx ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_trouble_idx ON deliveries (tenant_id, state, id)
  WHERE state IN ('retrying', 'dead', 'cancelled', 'blocked', 'held');
CREATE INDEX deliveries_last_status_idx ON deliveries (tenant_id, last_status, id) WHERE last_status NOT BETWEEN 200 AND 299;
CREATE INDEX deliveries_last_failure_idx ON deliveries (tenant_id, last_failure, id) WHERE last_failure IS NOT NULL;

-- Part of the content of an event: removed with its facts.
ALTER TABLE events
  ADD COLUMN user_provided_id text,
  ADD COLUMN tracking_id text;
CREATE INDEX events_user_provided_id_idx ON events (tenant_id, user_provided_id, id) WHERE user_provided_id IS NOT NULL;
CREATE INDEX events_tracking_id_idx ON events (tenant_id, tracking_id, id) WHERE tracking_id IS NOT NULL;
CREATE INDEX events_producer_id_idx ON events (tenant_id, producer_id, id) WHERE producer_id IS NOT NULL;

ALTER TABLE dead_letters
  ADD COLUMN last_status int,
  ADD COLUMN last_failure text;
CREATE INDEX dead_letters_tenant_id_last_status_id_idx ON dead_letters (tenant_id, last_status, id);
CREATE INDEX dead_letters_tenant_id_last_failure_id_idx ON dead_letters (tenant_id, last_failure, id);
CREATE INDEX dead_letters_tenant_id_template_id_id_idx ON dead_letters (tenant_id, template_id, id);
CREATE INDEX dead_letters_subscription_id_id_idx ON dead_letters (subscription_id, id);
CREATE INDEX dead_letters_endpoint_id_id_idx ON dead_letters (endpoint_id, id);
