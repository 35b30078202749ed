import { expect, test } from 'vitest';
import { newId, type TenantId } from '../../../src/domain/id.ts';
import { passIdOf } from '../../../src/domain/operational-event.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import { EventIngest } from '../../../src/pipeline/ingest-events.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { PlannedEvents, Reservation, Reserved } from '../../../src/ports/events.ts';
import { clock, configOf, makeIntegration, makeSubscription, makeTemplate, tenantId } from '../../support/configuration.ts';
import { NO_ANNOUNCER, NO_TELEMETRY } from '../../support/telemetry.ts';

const template = makeTemplate();
const [stranger, large] = [newId('tenant', clock()), newId('tenant', clock())];
const standard = makeIntegration('standard');
const subscriptions = [1, 2, 3].map(() => makeSubscription(standard, { trigger: 'pass.created' }));
const sources = new Map([
  [tenantId, configOf({ templates: [template] })],
  [large, configOf({ templates: [template], integrations: [standard], subscriptions })],
]);

function posted(passId: string): PostedItem {
  const pass = { id: passId };
  const event = { type: 'pass.created', templateId: template.id, occurredAt: '2026-03-01T12:00:00Z', pass } as const;
  return { event, text: JSON.stringify(event) };
}

/** An ingest whose statements do what `accept` does; `groups` counts the events of each. */
function givenIngest(accept: (planned: PlannedEvents) => Promise<void> = async () => {}) {
  const groups: number[] = [];
  const ingest = new EventIngest({
    events: {
      async accept({ configVersions }: Reservation, planned: PlannedEvents): Promise<Reserved> {
        groups.push(planned.events.length);
        await accept(planned);
        return { configVersions, taken: new Map() };
      },
      installations: async () => [],
      inTransaction: () => Promise.reject(new Error('nothing here needs a transaction')),
    },
    configs: new TenantConfigs({
      load: async (id) => sources.get(id)?.load(tenantId),
      existing: async (ids) => new Set(ids.filter((id) => sources.has(id))),
    }),
    queue: { offer() {} },
    clock,
    announcer: NO_ANNOUNCER,
    telemetry: NO_TELEMETRY,
  });
  const post = (ids: readonly TenantId[]) =>
    Promise.allSettled(ids.map((id, index) => ingest.ingest(id, [posted(`p${index}`)])));
  return { groups, post, ingest };
}

const many = Array.from({ length: 300 }, () => tenantId);

test('a tenant that does not exist does not split the group of the others', async () => {
  const { groups, post } = givenIngest();
  const [unknown, ...others] = await post([stranger, ...many]);
  expect(unknown).toMatchObject({ status: 'rejected', reason: { kind: 'not_found' } });
  expect(others.every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(groups).toEqual([300]);
});

test('requests of tenants that do not exist reach no statement', async () => {
  const { groups, post } = givenIngest();
  expect(await post([stranger])).toMatchObject([{ reason: { kind: 'not_found' } }]);
  expect(groups).toEqual([]);
});

test('a failed group is halved down to the culprit', async () => {
  const { groups, post } = givenIngest(async ({ events }) => {
    if (events.some((event) => passIdOf(event) === 'p123')) throw new Error('not to be stored');
  });
  const results = await post(many);
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([123]);
  // two statements for each halving of 300
  expect(groups.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(300)) + 1);
});

test('the requests of a tenant with many deliveries take no room from others', async () => {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  const { ingest } = givenIngest(({ events }) => (events.length > 100 ? isReleased : Promise.resolve()));
  await ingest.ingest(large, [posted('first')]);
  const batch = Array.from({ length: 1000 }, (_, index) => posted(`p${index}`));
  const batches = Promise.allSettled(Array.from({ length: 60 }, () => ingest.ingest(large, batch)));
  expect(await ingest.ingest(tenantId, [posted('single')])).toMatchObject([{ kind: 'accepted' }]);
  expect(await ingest.ingest(large, [posted('single')])).toMatchObject([{ kind: 'accepted' }]);
  release();
  const results = await batches;
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
  expect(results.at(-1)).toMatchObject({ reason: { name: 'Overloaded' } });
});

test('tenants with many deliveries get a slice each in turn', async () => {
  const other = newId('tenant', clock());
  sources.set(other, configOf({ templates: [template], integrations: [standard], subscriptions }));
  const written: string[] = [];
  const { ingest } = givenIngest(async ({ events }) => {
    if (events.length > 100) written.push(events[0] ? passIdOf(events[0]).slice(0, 1) : '');
    await new Promise((resolve) => setImmediate(resolve));
  });
  const batch = (name: string) => Array.from({ length: 2000 }, (_, index) => posted(`${name}${index}`));
  for (const tenant of [large, other]) await ingest.ingest(tenant, [posted('first')]);
  const results = await Promise.all(
    [large, large, other].map((tenant, index) => ingest.ingest(tenant, batch('ABC'[index] ?? ''))),
  );
  expect(results.map(({ length }) => length)).toEqual([2000, 2000, 2000]);
  expect(written.join('')).toBe('ACACACBBB');
});
