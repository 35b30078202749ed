-- Statistics are kept as attempts end: whoever writes a result adds a row to stat_deltas in the same statement, and the leading worker
-- folds these rows into counts, a few seconds later. Both outlive the deliveries that retention drops.

-- One row for each attempt that is not counted yet. measures: codes of src/domain/statistics.ts. bucket: Unix time in 5 minutes.
CREATE TABLE stat_deltas (
  tenant_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  trigger text NOT NULL,
  bucket int NOT NULL,
  measures smallint[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- What is counted: each subscription at each endpoint, each tenant, and everything. Where an id means "all", it is zero.
CREATE TABLE stat_series (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  trigger text NOT NULL,
  UNIQUE (tenant_id, subscription_id, endpoint_id, trigger)
);

-- width: seconds of a bucket, 300 or 3600; bucket: Unix time in units of width.
CREATE TABLE stat_counts (
  series int NOT NULL REFERENCES stat_series (id),
  width int NOT NULL,
  bucket int NOT NULL,
  measure smallint NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (series, width, bucket, measure)
);
-- what is too old
CREATE INDEX stat_counts_width_bucket_idx ON stat_counts (width, bucket);

-- What waited to be delivered, once a minute.
CREATE TABLE backlog_samples (
  at timestamptz(3) PRIMARY KEY,
  oldest_due_ms double precision NOT NULL,
  by_state json NOT NULL,
  -- null: Redis did not answer
  parked int,
  failing_endpoints int NOT NULL
);
