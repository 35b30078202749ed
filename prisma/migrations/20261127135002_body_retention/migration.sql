-- A tenant may have the content of what has ended removed earlier than the rows: {"bodyDays": 30}.
ALTER TABLE tenants ADD COLUMN retention json NOT NULL DEFAULT '{}';
DROP TRIGGER raise_version ON tenants;
CREATE TRIGGER raise_version BEFORE UPDATE OF name, retention, deleted_at ON tenants FOR EACH ROW EXECUTE FUNCTION raise_version();

-- How far the removal is, by tenant and kind of row ('delivery', 'event', 'dead_letter'): everything with a lower id was looked at.
CREATE TABLE body_removals (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  kind text NOT NULL,
  reached uuid NOT NULL,
  PRIMARY KEY (tenant_id, kind)
);
-- Rows that were still needed then: looked at again until they are not.
CREATE TABLE body_leftovers (
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  kind text NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
);
