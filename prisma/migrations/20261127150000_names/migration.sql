-- Lists by the beginning of a name, in any case.
CREATE INDEX tenants_lower_name_idx ON tenants (lower(name) text_pattern_ops) WHERE deleted_at IS NULL;
CREATE INDEX templates_tenant_id_lower_name_idx ON templates (tenant_id, lower(name) text_pattern_ops) WHERE deleted_at IS NULL;
CREATE INDEX integrations_tenant_id_lower_name_idx ON integrations (tenant_id, lower(name) text_pattern_ops) WHERE deleted_at IS NULL;
