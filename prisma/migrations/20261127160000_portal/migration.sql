-- Links to the portal: each is used once, within minutes, for a token with which one tenant's part of the API is called for a while.
-- Links and tokens are random; only their SHA-256 is stored. They end by the clock of this server, and with their tenant.
CREATE TABLE portal_links (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE NO ACTION ON UPDATE NO ACTION,
  permissions text NOT NULL,
  -- the page that frames the portal; null: none that is asked for new tokens
  origin text,
  -- colour, name and logo; absent members are those of the installation
  theme jsonb NOT NULL,
  -- whom the platform made it for
  person text,
  -- how long the token lasts
  lifetime_ms integer NOT NULL,
  link_hash bytea NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- null until the link is used
  token_hash bytea,
  token_expires_at timestamptz(3),
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX portal_links_link_hash_key ON portal_links (link_hash);
CREATE UNIQUE INDEX portal_links_token_hash_key ON portal_links (token_hash);
CREATE INDEX portal_links_expires_at_idx ON portal_links (expires_at);

-- that it is used is entered by the statement that uses it
CREATE TRIGGER audit_change AFTER INSERT ON portal_links
  FOR EACH ROW EXECUTE FUNCTION audit_change('portalLink', 'portal-link', '{permissions,origin,person,lifetime_ms}',
    '{tenant_id,theme,link_hash,expires_at,token_hash,token_expires_at,created_by}');
