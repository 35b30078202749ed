-- What is rare is found without reading what is not: a page of it would be looked for among all rows of its tenant.

-- The template of its event, since that of its subscription may be null, for all. Written from now on: what was stored before is not
-- found by it.
ALTER TABLE deliveries ADD COLUMN template_id uuid;
CREATE INDEX deliveries_tenant_id_template_id_id_idx ON deliveries (tenant_id, template_id, id);
CREATE INDEX deliveries_tests_idx ON deliveries (tenant_id, id) WHERE test;
-- Other successes than the usual one too.
DROP INDEX deliveries_last_status_idx;
CREATE INDEX deliveries_last_status_idx ON deliveries (tenant_id, last_status, id) WHERE last_status <> 200;

CREATE INDEX events_tenant_id_type_id_idx ON events (tenant_id, type, id);
CREATE INDEX events_tenant_id_template_id_id_idx ON events (tenant_id, template_id, id);
CREATE INDEX events_tests_idx ON events (tenant_id, id) WHERE test;
