-- What is open or needs attention, among many that do not.
CREATE INDEX dead_letters_open_idx ON dead_letters (tenant_id, id) WHERE closed_at IS NULL;
CREATE INDEX subscriptions_disabled_idx ON subscriptions (tenant_id, id) WHERE disabled IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX secrets_expires_at_idx ON secrets (expires_at) WHERE expires_at IS NOT NULL;
