import { toId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import type { Trigger } from '../domain/trigger.ts';
import {
  ATTENTION_KINDS,
  type AttentionItem,
  type AttentionKind,
  type AttentionQuery,
  type AttentionStore,
} from '../ports/attention.ts';
import { allOf, equalsId } from './conditions.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

export function createAttentionStore(db: Database): AttentionStore {
  return {
    async find(query) {
      const { limit } = query;
      const found = await Promise.all(
        selects(query).map(
          (select) => db.$queryRaw<AttentionRow[]>`
            SELECT f.*, t.name AS tenant_name, i.id AS integration_id, i.name AS integration_name, i.dialect
            FROM (${select} LIMIT ${limit}) f
            JOIN integrations i ON i.id = f.of_integration AND i.deleted_at IS NULL
            JOIN tenants t ON t.id = f.tenant_id AND t.deleted_at IS NULL`,
        ),
      );
      return found.flat().map(itemOf).sort(byUrgency);
    },
  };
}

function selects({ tenantId, endingWithinMs, deprecated }: AttentionQuery): readonly Prisma.Sql[] {
  const ofTenant = (alias: string) => equalsId(`${alias}.tenant_id`, tenantId);
  const subscriptionColumns = Prisma.sql`
    s.tenant_id, s.integration_id AS of_integration, s.endpoint_id, s.id AS subscription_id, e.url, s.trigger`;
  return [
    // disabled: subscriptions_disabled_idx leads to endpoints whose subscriptions all are
    Prisma.sql`
      SELECT 'endpoint-disabled' AS kind, e.tenant_id, e.integration_id AS of_integration, e.id AS endpoint_id, NULL::uuid AS subscription_id,
        e.url, NULL AS trigger, coalesce(e.paused_at, e.last_failed_since, e.failing_since) AS at, min(s.disabled) AS reason
      FROM subscriptions s JOIN endpoints e ON e.id = s.endpoint_id
      WHERE ${allOf(ofTenant('s'), DISABLED)} AND NOT EXISTS (${ENABLED_AT_ENDPOINT})
      GROUP BY e.id ORDER BY at DESC NULLS LAST, e.id DESC`,
    // endpoints_failing_since_idx
    Prisma.sql`
      SELECT 'endpoint-failing' AS kind, e.tenant_id, e.integration_id AS of_integration, e.id AS endpoint_id, NULL::uuid AS subscription_id,
        e.url, NULL AS trigger, e.failing_since AS at, NULL AS reason
      FROM endpoints e
      WHERE ${allOf(ofTenant('e'), Prisma.sql`e.failing_since IS NOT NULL`)} AND EXISTS (
        SELECT FROM subscriptions o WHERE o.endpoint_id = e.id AND o.deleted_at IS NULL AND o.disabled IS NULL)
      ORDER BY e.failing_since`,
    Prisma.sql`
      SELECT 'subscription-disabled' AS kind, ${subscriptionColumns}, NULL::timestamptz AS at, s.disabled AS reason
      FROM subscriptions s JOIN endpoints e ON e.id = s.endpoint_id
      WHERE ${allOf(ofTenant('s'), DISABLED)} AND EXISTS (${ENABLED_AT_ENDPOINT})
      ORDER BY s.id DESC`,
    // secrets_expires_at_idx
    Prisma.sql`
      SELECT 'secret-expires' AS kind, x.tenant_id, x.integration_id AS of_integration, NULL::uuid AS endpoint_id, NULL::uuid AS subscription_id,
        NULL AS url, NULL AS trigger, x.expires_at AS at, x.kind AS reason
      FROM secrets x
      WHERE ${allOf(ofTenant('x'), Prisma.sql`x.expires_at > now() AND x.expires_at < now() + ${endingWithinMs} * interval '1 ms'`)}
      ORDER BY x.expires_at`,
    Prisma.sql`
      SELECT 'deprecated-trigger' AS kind, ${subscriptionColumns}, NULL::timestamptz AS at, NULL AS reason
      FROM subscriptions s JOIN endpoints e ON e.id = s.endpoint_id
      JOIN integrations d ON d.id = s.integration_id
      JOIN unnest(${deprecated.map(({ dialect }) => dialect)}::text[], ${deprecated.map(({ trigger }) => trigger)}::text[]) AS old (dialect, trigger)
        ON old.dialect = d.dialect AND old.trigger = s.trigger
      WHERE ${allOf(ofTenant('s'), Prisma.sql`s.deleted_at IS NULL`)}
      ORDER BY s.id DESC`,
  ];
}

const DISABLED = Prisma.sql`s.disabled IS NOT NULL AND s.deleted_at IS NULL`;
const ENABLED_AT_ENDPOINT = Prisma.sql`
  SELECT FROM subscriptions o WHERE o.endpoint_id = s.endpoint_id AND o.deleted_at IS NULL AND o.disabled IS NULL`;

interface AttentionRow {
  readonly kind: AttentionKind;
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly integration_id: string;
  readonly integration_name: string;
  readonly dialect: DialectName;
  readonly endpoint_id: string | null;
  readonly subscription_id: string | null;
  readonly url: string | null;
  readonly trigger: Trigger | null;
  readonly at: Date | null;
  readonly reason: string | null;
}

function itemOf(row: AttentionRow): AttentionItem {
  return {
    kind: row.kind,
    tenantId: toId('tenant', row.tenant_id),
    tenantName: row.tenant_name,
    integrationId: toId('integration', row.integration_id),
    integrationName: row.integration_name,
    dialect: row.dialect,
    endpointId: row.endpoint_id === null ? undefined : toId('endpoint', row.endpoint_id),
    subscriptionId: row.subscription_id === null ? undefined : toId('subscription', row.subscription_id),
    url: row.url ?? undefined,
    trigger: row.trigger ?? undefined,
    at: row.at ?? undefined,
    reason: row.reason ?? undefined,
  };
}

function byUrgency(a: AttentionItem, b: AttentionItem): number {
  const order = ATTENTION_KINDS.indexOf(a.kind) - ATTENTION_KINDS.indexOf(b.kind);
  return order || (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0);
}
