import { notFound } from '../../domain/errors.ts';
import { toId, toUuid } from '../../domain/id.ts';
import { type PortalPermissions, portalThemeSchema } from '../../domain/portal.ts';
import type { PortalLink, PortalLinkStore } from '../../ports/portal-links.ts';
import { recordAct } from '../audit/act.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';

export function createPortalLinkStore(db: Database): PortalLinkStore {
  const findWhere = (condition: Prisma.Sql): Promise<PortalLinkRow[]> => db.$queryRaw<PortalLinkRow[]>`
    SELECT l.id, l.tenant_id, l.permissions, l.origin, l.theme, l.person, l.lifetime_ms,
      CASE WHEN l.token_hash IS NOT NULL THEN 'used' WHEN l.expires_at > now() THEN 'open' ELSE 'ended' END AS state,
      extract(epoch FROM l.token_expires_at - now())::float8 * 1000 AS ends_in_ms
    FROM portal_links l JOIN tenants t ON t.id = l.tenant_id AND t.deleted_at IS NULL
    WHERE ${condition}`;
  return {
    create(link, linkHash, usableMs, by) {
      const { id, tenantId, permissions, origin = null, theme, person = null, lifetimeMs } = link;
      return db.$transaction(async (tx) => {
        const [row] = await tx.$queryRaw<{ expires_at: Date }[]>`
          INSERT INTO portal_links
            (id, tenant_id, permissions, origin, theme, person, lifetime_ms, link_hash, expires_at, created_by, created_at)
          SELECT ${toUuid(id)}::uuid, t.id, ${permissions}, ${origin}::text, ${JSON.stringify(theme)}::jsonb, ${person}::text,
            ${lifetimeMs}::int, ${linkHash}::bytea, now() + ${usableMs}::int * interval '1 ms', ${by}, now()
          FROM tenants t WHERE t.id = ${toUuid(tenantId)}::uuid AND t.deleted_at IS NULL
          RETURNING expires_at`;
        if (!row) throw notFound('tenant');
        return row.expires_at;
      });
    },

    async findByLink(linkHash) {
      // portal_links_link_hash_key
      const [row] = await findWhere(Prisma.sql`l.link_hash = ${linkHash}::bytea`);
      return row && { link: linkOf(row), state: row.state };
    },

    use({ id, tenantId, lifetimeMs }, tokenHash) {
      return db.$transaction(async (tx) => {
        const used = await tx.$executeRaw`
          UPDATE portal_links
          SET token_hash = ${tokenHash}::bytea, token_expires_at = now() + lifetime_ms * interval '1 ms'
          WHERE id = ${toUuid(id)}::uuid AND token_hash IS NULL AND expires_at > now()`;
        if (used === 0) return undefined;
        await recordAct(tx, { tenantId, action: 'portal-link.used', kind: 'portalLink', target: id });
        return lifetimeMs;
      });
    },

    async findByToken(tokenHash) {
      // portal_links_token_hash_key
      const [row] = await findWhere(Prisma.sql`l.token_hash = ${tokenHash}::bytea AND l.token_expires_at > now()`);
      return row && { link: linkOf(row), endsInMs: row.ends_in_ms ?? 0 };
    },

    async find(id) {
      const [row] = await findWhere(Prisma.sql`l.id = ${toUuid(id)}::uuid`);
      return row && linkOf(row);
    },
  };
}

interface PortalLinkRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly permissions: PortalPermissions;
  readonly origin: string | null;
  readonly theme: unknown;
  readonly person: string | null;
  readonly lifetime_ms: number;
  readonly state: 'open' | 'used' | 'ended';
  readonly ends_in_ms: number | null;
}

function linkOf(row: PortalLinkRow): PortalLink {
  return {
    id: toId('portalLink', row.id),
    tenantId: toId('tenant', row.tenant_id),
    permissions: row.permissions,
    origin: row.origin ?? undefined,
    // a theme of a later version shows as the installation's own
    theme: portalThemeSchema.safeParse(row.theme).data ?? {},
    person: row.person ?? undefined,
    lifetimeMs: row.lifetime_ms,
  };
}
