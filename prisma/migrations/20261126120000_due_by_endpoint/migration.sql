-- The sweep reads the oldest due deliveries of each endpoint, so that a backlog of one costs it no more than a single delivery.
CREATE INDEX deliveries_endpoint_id_due_at_id_idx ON deliveries (endpoint_id, due_at, id) WHERE due_at IS NOT NULL;
