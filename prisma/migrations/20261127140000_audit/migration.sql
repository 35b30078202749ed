-- Who changed what. Triggers write the entries of rows that people change, in the transaction of the change, so that no statement can
-- forget to; what is no change of such a row (a replay, an endpoint that is enabled) calls write_audit_entry itself.
--
-- A transaction that acts for a person sets passwire.actor; without it, the system acts. Processes of earlier versions set none.
-- No column of an entry has a foreign key: entries outlive what they are about.
CREATE TABLE audit_entries (
  id uuid PRIMARY KEY,
  -- null: an act on tenants or API keys
  tenant_id uuid,
  -- an API key's id, 'configured-admin' or 'system'
  actor_id text NOT NULL,
  actor_role text,
  actor_name text,
  -- the tenant that the actor's key is bound to
  actor_tenant_id uuid,
  action text NOT NULL,
  target_kind text NOT NULL,
  target_id uuid NOT NULL,
  -- of a change only the members that differ
  before jsonb,
  after jsonb,
  request_id text,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX audit_entries_tenant_id_id_idx ON audit_entries (tenant_id, id);
CREATE INDEX audit_entries_target_id_id_idx ON audit_entries (target_id, id);
CREATE INDEX audit_entries_actor_id_id_idx ON audit_entries (actor_id, id);

-- UUIDv7 (RFC 9562, method 3: the fraction of the millisecond in rand_a), so that the entries of a transaction sort as they were written
CREATE FUNCTION audit_entry_id(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid
  FROM (SELECT floor(extract(epoch FROM at) * 1000000)::bigint AS us) AS instant
$$;

CREATE FUNCTION write_audit_entry(tenant uuid, action text, kind text, target uuid, before jsonb, after jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  actor jsonb := nullif(current_setting('passwire.actor', true), '')::jsonb;
  at timestamptz := clock_timestamp();
BEGIN
  INSERT INTO audit_entries (id, tenant_id, actor_id, actor_role, actor_name, actor_tenant_id, action, target_kind, target_id, before,
    after, request_id, created_at)
  VALUES (audit_entry_id(at), tenant, coalesce(actor->>'id', 'system'), actor->>'role', actor->>'name', (actor->>'tenant')::uuid, action,
    kind, target, before, after, actor->>'requestId', date_trunc('milliseconds', at));
END
$$;

-- The members of a row, or those in which it differs from another. A column that is neither shown nor ignored is masked, so a secret
-- that a later version adds is never stored here.
CREATE FUNCTION audited_members(whole jsonb, other jsonb, shown text[], ignored text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY(shown) OR value = 'null' THEN value ELSE '"***"' END), '{}')
  FROM jsonb_each(whole)
  WHERE key <> ALL(ignored) AND (other IS NULL OR value IS DISTINCT FROM other->key)
$$;

-- Arguments: the kind of the row, what its actions begin with, the columns that are shown, the columns that are ignored.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kind text := TG_ARGV[0];
  shown text[] := TG_ARGV[2];
  ignored text[] := TG_ARGV[3]::text[] || '{id,version,created_at,updated_at,deleted_at}';
  now_row jsonb := to_jsonb(NEW);
  was_row jsonb;
  tenant uuid;
  before jsonb;
  after jsonb;
  verb text;
BEGIN
  IF kind NOT IN ('tenant', 'apiKey') THEN tenant := (now_row->>'tenant_id')::uuid; END IF;
  IF TG_OP = 'INSERT' THEN
    verb := CASE WHEN kind IN ('replay', 'erasure') THEN 'started' ELSE 'created' END;
    after := audited_members(now_row, NULL, shown, ignored);
  ELSE
    was_row := to_jsonb(OLD);
    IF was_row->>'deleted_at' IS NULL AND now_row->>'deleted_at' IS NOT NULL THEN
      verb := 'deleted';
      before := audited_members(was_row, NULL, shown, ignored);
    ELSE
      before := audited_members(was_row, now_row, shown, ignored);
      IF before = '{}' THEN RETURN NULL; END IF;
      after := audited_members(now_row, was_row, shown, ignored);
      verb := CASE
        WHEN kind = 'apiKey' AND before ? 'revoked_at' THEN 'revoked'
        WHEN kind = 'replay' AND before ? 'state' THEN CASE now_row->>'state' WHEN 'running' THEN 'resumed' ELSE now_row->>'state' END
        WHEN kind = 'replay' THEN 'rate-changed'
        ELSE 'updated' END;
    END IF;
  END IF;
  PERFORM write_audit_entry(tenant, TG_ARGV[1] || '.' || verb, kind, NEW.id, before, after);
  RETURN NULL;
END
$$;

-- The secrets that an integration is created with are part of its creation. That older ones sign for a while yet is part of a rotation.
CREATE FUNCTION audit_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.expires_at <= now() AND (OLD.expires_at IS NULL OR OLD.expires_at > now()) THEN
      PERFORM write_audit_entry(NEW.tenant_id, 'integration.secret-revoked', 'integration', NEW.integration_id,
        jsonb_build_object('secret_id', NEW.id, 'kind', NEW.kind), NULL);
    END IF;
  ELSIF NOT EXISTS (
    SELECT FROM integrations WHERE id = NEW.integration_id AND version = 1 AND xmin = pg_current_xact_id()::xid
  ) THEN
    PERFORM write_audit_entry(NEW.tenant_id, 'integration.secret-rotated', 'integration', NEW.integration_id,
      NULL, jsonb_build_object('secret_id', NEW.id, 'kind', NEW.kind));
  END IF;
  RETURN NULL;
END
$$;

-- not with config_version, which rises with every change of what the tenant owns
CREATE TRIGGER audit_change AFTER INSERT OR UPDATE OF name, retention, deleted_at ON tenants
  FOR EACH ROW EXECUTE FUNCTION audit_change('tenant', 'tenant', '{name,retention}', '{config_version}');
CREATE TRIGGER audit_change AFTER INSERT OR UPDATE ON api_keys
  FOR EACH ROW EXECUTE FUNCTION audit_change('apiKey', 'api-key', '{tenant_id,role,name,hint,revoked_at}', '{hash}');
CREATE TRIGGER audit_change AFTER INSERT OR UPDATE ON templates
  FOR EACH ROW EXECUTE FUNCTION audit_change('template', 'template',
    '{external_id,name,pass_type,fields,personalised,vendor}', '{tenant_id}');
CREATE TRIGGER audit_change AFTER INSERT OR UPDATE ON integrations
  FOR EACH ROW EXECUTE FUNCTION audit_change('integration', 'integration',
    '{name,dialect,options,policy,limits,signature}', '{tenant_id,headers_key_id}');
CREATE TRIGGER audit_secret AFTER INSERT OR UPDATE OF expires_at ON secrets FOR EACH ROW EXECUTE FUNCTION audit_secret();
-- endpoint_id follows integration and URL; known_fields follows the template
CREATE TRIGGER audit_change AFTER INSERT OR UPDATE ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION audit_change('subscription', 'subscription',
    '{integration_id,template_id,trigger,url,mapping,options,filter,disabled,disabled_by,while_disabled,on_gone,ordering,unsubscribe_url}',
    '{tenant_id,endpoint_id,known_fields}');
-- the filter, which may have the id of a pass, stays where an erasure finds it: in the replay
CREATE TRIGGER audit_start AFTER INSERT ON replays
  FOR EACH ROW EXECUTE FUNCTION audit_change('replay', 'replay', '{name,mode,total,rate_per_second}',
    '{tenant_id,filter,upper_id,state,cursor,sent,skipped,stepped_at,created_by,ended_at}');
-- not with the progress, and not when it has ended by itself
CREATE TRIGGER audit_change AFTER UPDATE OF state, rate_per_second ON replays
  FOR EACH ROW WHEN (NEW.state <> 'done') EXECUTE FUNCTION audit_change('replay', 'replay', '{name,mode,total,rate_per_second,state}',
    '{tenant_id,filter,upper_id,cursor,sent,skipped,stepped_at,created_by,ended_at}');
CREATE TRIGGER audit_start AFTER INSERT ON erasures
  FOR EACH ROW EXECUTE FUNCTION audit_change('erasure', 'erasure', '{subject,subject_hash,passes}',
    '{tenant_id,plan_key_id,plan_box,state,cursor,searched,counts,begun_in,created_by,ended_at}');
