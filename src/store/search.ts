import { endpointAddress } from '../domain/endpoint-address.ts';
import { ID_PREFIXES, type IdKind, type TenantId, toId, toUuid } from '../domain/id.ts';
import type { Recognised } from '../domain/search-query.ts';
import { FOUND_KINDS, type FoundKind, type Hit, type SearchStore } from '../ports/search.ts';
import type { Database } from './database.ts';
import { isAt } from './deliveries/narrowed.ts';
import { Prisma } from './generated/client.ts';
import { plannedForValues } from './plan-for-values.ts';

/** What is shown of a row of each kind, and where it is. Constants, never input. */
const SOURCES: Readonly<Record<FoundKind, { readonly table: string; readonly text: string; readonly deleted: string }>> = {
  delivery: { table: 'deliveries', text: `trigger || ' ' || pass_id`, deleted: 'false' },
  event: { table: 'events', text: `type || ' ' || pass_id`, deleted: 'false' },
  deadLetter: { table: 'dead_letters', text: `trigger || ' ' || pass_id`, deleted: 'closed_at IS NOT NULL' },
  replay: { table: 'replays', text: 'name', deleted: 'false' },
  erasure: { table: 'erasures', text: `'by ' || subject`, deleted: 'false' },
  subscription: { table: 'subscriptions', text: `trigger || ' ' || url`, deleted: 'deleted_at IS NOT NULL' },
  endpoint: { table: 'endpoints', text: 'url', deleted: 'false' },
  integration: { table: 'integrations', text: 'name', deleted: 'deleted_at IS NOT NULL' },
  template: { table: 'templates', text: 'name', deleted: 'deleted_at IS NOT NULL' },
  tenant: { table: 'tenants', text: 'name', deleted: 'deleted_at IS NOT NULL' },
};

export function createSearchStore(db: Database): SearchStore {
  return {
    async find(query, tenantId, most) {
      const looks = looksFor(query).map(({ kind, where }) => select(kind, where, tenantId, most));
      if (looks.length === 0) return [];
      const rows = await plannedForValues(db, (tx) => tx.$queryRaw<HitRow[]>(Prisma.join(looks, ' UNION ALL ')));
      return rows.map(hitOf);
    },
  };
}

interface Look {
  readonly kind: FoundKind;
  readonly where: Prisma.Sql;
}

function looksFor(query: Recognised): readonly Look[] {
  switch (query.as) {
    case 'id':
      return looksForId(query.kind, toUuid(query.id));
    case 'uuid':
      return [...looksForText(query.uuid), ...FOUND_KINDS.map((kind) => byId(kind, query.uuid))];
    case 'url':
      // endpoints_integration_id_url_key holds them by integration; there are few
      return [{ kind: 'endpoint', where: Prisma.sql`starts_with(url, ${endpointAddress(query.url)})` }];
    case 'host':
      return [...looksForText(query.host), { kind: 'endpoint', where: isAt(query.host) }];
    case 'status':
      return [];
    case 'text':
      return query.text === '' ? [] : looksForText(query.text);
  }
}

function looksForId(kind: IdKind, uuid: string): readonly Look[] {
  // a webhook-id is that of the delivery it was made for; a delivery that was made again from its dead letter keeps it
  if (kind === 'message') return [byId('delivery', uuid)];
  return FOUND_KINDS.filter((found) => found === kind).map((found) => byId(found, uuid));
}

function byId(kind: FoundKind, uuid: string): Look {
  return { kind, where: Prisma.sql`id = ${uuid}::uuid` };
}

/** Ids of other systems are compared whole, names by their beginning. */
function looksForText(text: string): readonly Look[] {
  const tenants = Prisma.sql`tenant_id = ANY(ARRAY(SELECT t.id FROM tenants t))`;
  return [
    // deliveries_tenant_id_pass_id_id_idx, events_tenant_id_pass_id_id_idx: by tenant, so that an index can be used
    { kind: 'delivery', where: Prisma.sql`${tenants} AND pass_id = ${text}` },
    { kind: 'event', where: Prisma.sql`${tenants} AND pass_id = ${text}` },
    {
      kind: 'event',
      where: Prisma.sql`id IN (SELECT k.event_id FROM event_keys k WHERE k.tenant_id = ANY(ARRAY(SELECT t.id FROM tenants t)) AND k.producer_id = ${text})`,
    },
    // events_user_provided_id_idx, events_tracking_id_idx
    { kind: 'event', where: Prisma.sql`${tenants} AND user_provided_id = ${text}` },
    { kind: 'event', where: Prisma.sql`${tenants} AND tracking_id = ${text}` },
    { kind: 'template', where: Prisma.sql`(external_id = ${text} OR starts_with(lower(name), lower(${text})))` },
    { kind: 'integration', where: Prisma.sql`starts_with(lower(name), lower(${text}))` },
    { kind: 'tenant', where: Prisma.sql`starts_with(lower(name), lower(${text}))` },
  ];
}

function select(kind: FoundKind, where: Prisma.Sql, tenantId: TenantId | undefined, most: number): Prisma.Sql {
  const { table, text, deleted } = SOURCES[kind];
  const owner = Prisma.raw(kind === 'tenant' ? 'id' : 'tenant_id');
  const scope = tenantId ? Prisma.sql`${owner} = ${toUuid(tenantId)}::uuid` : Prisma.sql`true`;
  return Prisma.sql`(
    SELECT ${kind} AS kind, id, ${owner} AS tenant_id, ${Prisma.raw(text)} AS text, ${Prisma.raw(deleted)} AS deleted
    FROM ${Prisma.raw(table)} WHERE ${where} AND ${scope} ORDER BY id DESC LIMIT ${most})`;
}

interface HitRow {
  readonly kind: FoundKind;
  readonly id: string;
  readonly tenant_id: string;
  readonly text: string;
  readonly deleted: boolean;
}

function hitOf({ kind, id, tenant_id, text, deleted }: HitRow): Hit {
  return { kind, id: `${ID_PREFIXES[kind]}_${id}`, tenantId: toId('tenant', tenant_id), text, deleted };
}
