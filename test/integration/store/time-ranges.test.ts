import { beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantId, toUuid } from '../../../src/domain/id.ts';
import type { Page } from '../../../src/ports/page.ts';
import { within } from '../../../src/store/conditions.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { ensurePartitions } from '../../../src/store/partitions.ts';
import { useDatabase } from '../../support/database.ts';
import { givenTenant } from './samples.ts';

const database = useDatabase();
const AT_MS = Date.parse('2026-03-02T00:00:02.500Z');
/** How much later than its id a row is shown: the clock of a process may be ahead of the database's, and a write may wait. */
const LAGS_MS = [-5000, -1500, -1, 0, 1, 1500, 5000, 60_000, 240_000];

type List = (tenantId: TenantId, range: object) => Promise<Page<{ readonly id: string }>>;
interface Listed {
  readonly table: string;
  readonly list: List;
  insert(tenantId: TenantId, id: string, shownAt: Date): Promise<unknown>;
}

const PAGE = { limit: 100, cursor: undefined };
const LISTS: Readonly<Record<string, Listed>> = {
  events: {
    table: 'events',
    list: (tenantId, range) => createEventStore(database()).list(tenantId, range, PAGE),
    insert: (tenantId, id, at) => database().$executeRaw`
      INSERT INTO events (id, tenant_id, type, pass_id, facts, template_id, accepted_at)
      VALUES (${id}::uuid, ${toUuid(tenantId)}::uuid, 'pass.created', 'p', '{"type":"pass.created"}', ${id}::uuid, ${at})`,
  },
  deliveries: {
    table: 'deliveries',
    list: (tenantId, range) => createDeliveryStore(database()).list(tenantId, range, PAGE),
    insert: (tenantId, id, at) => database().$executeRaw`
      INSERT INTO deliveries (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, message_id, created_at)
      VALUES (${id}::uuid, ${toUuid(tenantId)}::uuid, ${id}::uuid, ${id}::uuid, ${id}::uuid, 'pass.created', 'p', 'dead',
        ${id}::uuid, ${at})`,
  },
  'dead letters': {
    table: 'dead_letters',
    list: (tenantId, range) => createDeadLetterStore(database(), Date.now).list(tenantId, range, PAGE),
    insert: (tenantId, id, at) => database().$executeRaw`
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, trigger, pass_id, message_id,
        reason, last_attempt, created_at)
      VALUES (${id}::uuid, ${toUuid(tenantId)}::uuid, ${id}::uuid, ${id}::uuid, ${id}::uuid, ${id}::uuid, 'pass.created', 'p',
        ${id}::uuid, 'x', '{"startedAt":"2026-03-02T00:00:00Z"}', ${at})`,
  },
};

describe.each(Object.entries(LISTS))('the list of %s', (_name, { table, list, insert }) => {
  let tenantId: TenantId;
  const shown: { readonly id: string; readonly atMs: number }[] = [];

  beforeAll(async () => {
    await ensurePartitions(database(), AT_MS);
    tenantId = await givenTenant(database());
    for (const lagMs of LAGS_MS) {
      const uuid = toUuid(newId('event', AT_MS));
      await insert(tenantId, uuid, new Date(AT_MS + lagMs));
      shown.push({ id: uuid, atMs: AT_MS + lagMs });
    }
  });

  const found = async (range: object) => (await list(tenantId, range)).data.map(({ id }) => id.slice(4)).toSorted();
  const expected = (isIn: (atMs: number) => boolean) =>
    shown
      .filter(({ atMs }) => isIn(atMs))
      .map(({ id }) => id)
      .toSorted();

  it.each(LAGS_MS)(
    'compares with the shown time: its row of %i ms is in from that instant on, and not before it',
    async (lag) => {
      for (const bound of [AT_MS + lag - 1, AT_MS + lag, AT_MS + lag + 1]) {
        expect(await found({ after: new Date(bound) })).toEqual(expected((atMs) => atMs >= bound));
        expect(await found({ before: new Date(bound) })).toEqual(expected((atMs) => atMs < bound));
      }
      const range = { after: new Date(AT_MS + lag), before: new Date(AT_MS + lag + 1) };
      expect(await found(range)).toEqual(expected((atMs) => atMs === AT_MS + lag));
    },
  );

  it('accepts the bounds of all time', async () => {
    expect(await found({ after: new Date(0), before: new Date('9999-12-31T23:59:59.999Z') })).toHaveLength(LAGS_MS.length);
  });

  it.each([table].filter((name) => name !== 'dead_letters'))('reads only the partitions of %s of that time', async () => {
    const range = { after: new Date('2026-03-11T00:00:00Z'), before: new Date('2026-03-12T00:00:00Z') };
    const { text, values } = within(table === 'events' ? 'accepted_at' : 'created_at', range);
    const plan = await database().$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN SELECT id FROM ${table} WHERE ${text}`,
      ...values,
    );
    const read = plan.flatMap((line) => line['QUERY PLAN'].match(/(?<= on )\w+/) ?? []);
    expect(new Set(read.map((name) => name.replace(/_id_idx$|_pkey$/, '')))).toEqual(new Set([`${table}_20260309`]));
  });
});
