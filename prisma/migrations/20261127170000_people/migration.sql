-- Staff who sign in with accounts of an identity provider (OpenID Connect). A person is named by issuer and subject together (OpenID
-- Connect Core 5.7); name and e-mail are those of the last sign-in.
CREATE TABLE people (
  id uuid PRIMARY KEY,
  issuer text NOT NULL,
  subject text NOT NULL,
  name text,
  email text,
  -- null: the last sign-in was refused, which ends the sessions that began before
  role text,
  created_at timestamptz(3) NOT NULL,
  signed_in_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX people_issuer_subject_key ON people (issuer, subject);

-- the subject of the person who acts; null for keys and for the system
ALTER TABLE audit_entries ADD COLUMN actor_subject text;

CREATE OR REPLACE FUNCTION write_audit_entry(tenant uuid, action text, kind text, target uuid, before jsonb, after jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  actor jsonb := nullif(current_setting('passwire.actor', true), '')::jsonb;
  at timestamptz := clock_timestamp();
BEGIN
  INSERT INTO audit_entries (id, tenant_id, actor_id, actor_role, actor_name, actor_tenant_id, actor_subject, action, target_kind,
    target_id, before, after, request_id, created_at)
  VALUES (audit_entry_id(at), tenant, coalesce(actor->>'id', 'system'), actor->>'role', actor->>'name', (actor->>'tenant')::uuid,
    actor->>'subject', action, kind, target, before, after, actor->>'requestId', date_trunc('milliseconds', at));
END
$$;
