import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { search } from '../../../src/admin/search.ts';
import { toId } from '../../../src/domain/id.ts';
import type { DeliveryFilter } from '../../../src/ports/deliveries.ts';
import type { Database, Statements } from '../../../src/store/database.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { Prisma } from '../../../src/store/generated/client.ts';
import { ensurePartitions } from '../../../src/store/partitions.ts';
import { createReplayStore } from '../../../src/store/replays/replays.ts';
import { createSearchStore } from '../../../src/store/search.ts';
import { useDatabase } from '../../support/database.ts';
import { NAMED, STORED, storeToBeFound } from './find-data.ts';

// What a page of a list costs grows with the page, not with the table: every statement is explained by Postgres as the stores send it.

const db = useDatabase();
const PAGE = { limit: 20, cursor: undefined };
/** Of a table that is large: what is small may be read whole. */
const LARGE = 1000;
/** Rows that a page may touch, however many are stored: at worst one in two hundred matches, among those of two tenants. */
const MOST_ROWS = 10_000;

const tenantId = toId('tenant', NAMED.tenant(1));
const at = (daysAgo: number): Date => new Date(Date.now() - daysAgo * 24 * 3600 * 1000);

beforeAll(async () => {
  await ensurePartitions(db(), at(21).getTime());
  await storeToBeFound(db());
}, 180_000);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** The plan that a connection makes for any values, once it has prepared the statement and used it some times. */
async function genericPlanOf({ text, values }: Prisma.Sql): Promise<readonly { Plan: Plan }[]> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`;
    await tx.$executeRawUnsafe(`PREPARE explained AS ${text}`);
    const given = values.map((value) => literalOf(value)).join(', ');
    const called = values.length === 0 ? 'explained' : `explained(${given})`;
    const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${called}`,
    );
    await tx.$executeRaw`DEALLOCATE explained`;
    return rows[0]?.['QUERY PLAN'] ?? [];
  });
}

function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `ARRAY[${value.map(literalOf).join(', ')}]`;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
}

/** The plan for the values of the statement. */
async function planOf(statement: Prisma.Sql): Promise<readonly { Plan: Plan }[]> {
  const [row] = await db().$queryRaw<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
    Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`,
  );
  return row?.['QUERY PLAN'] ?? [];
}

/** Runs `work` with a database that keeps the plans of its statements: for any values, unless the transaction plans for theirs. */
async function plansOf(work: (db: Database) => Promise<unknown>): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  await work(watching(db()));
  expect(plans.length).toBeGreaterThan(0);
  return plans;

  function watching<T extends Database | Statements>(target: T): T {
    let isForValues = false;
    return new Proxy(target, {
      get(_target, name, receiver) {
        switch (name) {
          case '$transaction':
            return (run: (tx: Statements) => Promise<unknown>) => db().$transaction((tx) => run(watching(tx)));
          case '$executeRaw':
            return (query: TemplateStringsArray, ...values: unknown[]) => {
              isForValues ||= query.join('').includes('force_custom_plan');
              return target.$executeRaw(query, ...values);
            };
          case '$queryRaw':
            return async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
              const statement = 'strings' in query ? query : Prisma.sql(query, ...values);
              const found = isForValues ? await planOf(statement) : await genericPlanOf(statement);
              plans.push(...found.map(({ Plan }) => Plan));
              return target.$queryRaw(statement);
            };
          default:
            return Reflect.get(target, name, receiver);
        }
      },
    });
  }
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const below of plan.Plans ?? []) yield* nodesOf(below);
}

/** Tables of many rows that are read from end to end. */
async function readWhole(plans: readonly Plan[]): Promise<string[]> {
  const names = plans
    .flatMap((plan) => [...nodesOf(plan)])
    .flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []));
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT relname::text AS name FROM pg_class WHERE relname::text = ANY(${names}) AND reltuples > ${LARGE}`;
  return rows.map(({ name }) => name);
}

/** Rows that were read, those that were passed over too. */
function touched(plans: readonly Plan[]): number {
  return plans
    .flatMap((plan) => [...nodesOf(plan)])
    .filter((node) => node.Plans === undefined || node['Relation Name'] !== undefined)
    .reduce((sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'], 0);
}

/** Who read how many rows. */
function summary(plans: readonly Plan[]): string {
  return plans
    .flatMap((plan) => [...nodesOf(plan)])
    .map((node) => {
      const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
      return `${node['Node Type']} ${node['Relation Name'] ?? ''} ${node['Index Name'] ?? ''} ${rows}`;
    })
    .join('\n');
}

async function expectBounded(work: (db: Database) => Promise<unknown>): Promise<void> {
  const plans = await plansOf(work);
  expect(await readWhole(plans), summary(plans)).toEqual([]);
  expect(touched(plans), summary(plans)).toBeLessThanOrEqual(MOST_ROWS);
}

const endpointId = toId('endpoint', NAMED.endpoint(1, 3));
const FILTERS: Readonly<Record<string, Omit<DeliveryFilter, 'ids' | 'states' | 'test'>>> = {
  nothing: {},
  status: { status: { from: 500, to: 599 } },
  'a status that nothing has': { status: { from: 404, to: 404 } },
  failure: { failure: 'timeout' },
  'a failure that nothing has': { failure: 'tls' },
  integration: { integrationId: toId('integration', NAMED.integration(1)) },
  subscription: { subscriptionId: toId('subscription', NAMED.subscription(1, 3)) },
  endpoint: { endpointId },
  'an endpoint without deliveries': { endpointId: toId('endpoint', NAMED.endpoint(2, 99)) },
  URL: { url: 'https://host-3.example/' },
  host: { url: 'host-3.example' },
  'a host that nothing goes to': { url: 'host-99.example' },
  template: { template: { id: toId('template', NAMED.template(1, 2)) } },
  'a template that nothing has': { template: { id: toId('template', NAMED.template(1, 99)) } },
  'a template by its own id': { template: { externalId: 'template-2' } },
  trigger: { trigger: 'pass.updated' },
  'a trigger that nothing has': { trigger: 'pass.created' },
  'a status of success that nothing has': { status: { from: 204, to: 204 } },
  pass: { passId: 'pass-77' },
  userProvidedId: { userProvidedId: 'customer-77' },
  trackingId: { trackingId: 'request-777' },
  producerId: { producerId: 'order-777' },
  'an id that nothing has': { userProvidedId: 'customer-of-nobody' },
  'the time of creation': { after: at(15), before: at(14) },
  'the time of the last attempt': { attemptedAfter: at(15), attemptedBefore: at(14), after: at(16) },
  'dead ones of an hour': { status: { from: 500, to: 599 }, after: at(10), before: at(9) },
};

describe('a page of deliveries', () => {
  test.each(Object.entries(FILTERS))('by %s', (_name, filter) =>
    expectBounded((watched) => createDeliveryStore(watched).list(tenantId, filter, PAGE)),
  );

  test.each([
    ['dead', 'retrying'],
    ['held'],
    ['cancelled', 'blocked'],
    ['pending'],
    ['parked', 'delivering', 'dead'],
  ] as const)('in the states %s', (...states) =>
    expectBounded((watched) => createDeliveryStore(watched).list(tenantId, { states }, PAGE)),
  );

  test('of tests, of an event, and of ids', async () => {
    await expectBounded((watched) => createDeliveryStore(watched).list(tenantId, { test: true }, PAGE));
    const without = toId('tenant', NAMED.tenant(2));
    await expectBounded((watched) => createDeliveryStore(watched).list(without, { test: true }, PAGE));
    const [delivery] = (await createDeliveryStore(db()).list(tenantId, { producerId: 'order-777' }, PAGE)).data;
    if (!delivery) throw new Error('there is no delivery of order-777');
    await expectBounded((watched) => createDeliveryStore(watched).list(tenantId, { ids: [delivery.id] }, PAGE));
    const { eventId } = delivery;
    await expectBounded((watched) => createDeliveryStore(watched).list(tenantId, { eventId }, PAGE));
    await expectBounded((watched) => createDeadLetterStore(watched, Date.now).list(tenantId, { eventId }, PAGE));
  });

  test('that is not the first', async () => {
    const store = createDeliveryStore(db());
    let cursor: string | undefined;
    for (let page = 0; page < 3; page++) {
      cursor = (await store.list(tenantId, { states: ['dead'] }, { limit: 50, cursor })).nextCursor;
    }
    await expectBounded((watched) =>
      createDeliveryStore(watched).list(tenantId, { states: ['dead'] }, { limit: 20, cursor }),
    );
  });
});

test.each(Object.entries(FILTERS))('a page of dead letters by %s', (_name, filter) =>
  expectBounded((watched) => createDeadLetterStore(watched, Date.now).list(tenantId, { ...filter, open: true }, PAGE)),
);

test.each([
  ['nothing', {}],
  ['type', { type: 'pass.updated' }],
  ['a type that nothing has', { type: 'pass.created' }],
  ['pass', { passId: 'pass-77' }],
  ['template', { template: { externalId: 'template-2' } }],
  ['a template that nothing has', { template: { id: toId('template', NAMED.template(1, 99)) } }],
  ['tests, of which there are none', { test: true }],
  ['producerId', { producerId: 'order-777' }],
  ['userProvidedId', { userProvidedId: 'customer-77' }],
  ['trackingId', { trackingId: 'request-777' }],
  ['an id that nothing has', { trackingId: 'request-of-nobody' }],
  ['time', { after: at(15), before: at(14) }],
] as const)('a page of events by %s', (_name, filter) =>
  expectBounded((watched) => createEventStore(watched).list(tenantId, filter, PAGE)),
);

test.each([
  'pass-77',
  'order-777',
  'customer of nobody',
  'customer-77',
  'request-777',
  'a1b2c3d4-0000-7000-8000-000000000000',
  'https://host-3.example/hook',
])('a search for %s in all tenants', (text) =>
  expectBounded((watched) => search({ searches: createSearchStore(watched) }, text, undefined, 10)),
);

test('a dry run reads no table whole, but what it counts', async () => {
  const filter = { states: ['dead'], endpointId, after: at(2), before: at(1) } as const;
  const store = createReplayStore(db());
  const upper = await store.upper();
  const plans = await plansOf((watched) => createReplayStore(watched).count(tenantId, filter, upper));
  expect(await readWhole(plans), summary(plans)).toEqual([]);
  expect(touched(plans)).toBeLessThan(STORED / 5);
});
