import { expect, test } from 'vitest';
import { newId, type TenantId } from '../../../src/domain/id.ts';
import { passIdOf } from '../../../src/domain/operational-event.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import { EventIngest } from '../../../src/pipeline/ingest-events.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { PlannedEvents, Reservation, Reserved } from '../../../src/ports/events.ts';
import { clock, configOf, makeTemplate, tenantId } from '../../support/configuration.ts';
import { NO_TELEMETRY } from '../../support/telemetry.ts';

const template = makeTemplate();
const source = configOf({ templates: [template] });
const stranger = newId('tenant', clock());

function posted(passId: string): PostedItem {
  const pass = { id: passId };
  const event = { type: 'pass.created', templateId: template.id, occurredAt: '2026-03-01T12:00:00Z', pass } as const;
  return { event, text: JSON.stringify(event) };
}

/** An ingest whose store accepts everything, but for groups that `fails` picks; `groups` counts the events of each statement. */
function givenIngest(fails: (planned: PlannedEvents) => boolean = () => false) {
  const groups: number[] = [];
  const ingest = new EventIngest({
    events: {
      async accept({ configVersions }: Reservation, planned: PlannedEvents): Promise<Reserved> {
        groups.push(planned.events.length);
        if (fails(planned)) throw new Error('not to be stored');
        return { configVersions, taken: new Map() };
      },
      installations: async () => [],
      inTransaction: () => Promise.reject(new Error('nothing here needs a transaction')),
    },
    configs: new TenantConfigs({ load: async (id) => (id === tenantId ? source.load(id) : undefined) }),
    queue: { offer() {} },
    clock,
    telemetry: NO_TELEMETRY,
  });
  const post = (ids: readonly TenantId[]) =>
    Promise.allSettled(ids.map((id, index) => ingest.ingest(id, [posted(`p${index}`)])));
  return { groups, post };
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
  const { groups, post } = givenIngest(({ events }) => events.some((event) => passIdOf(event) === 'p123'));
  const results = await post(many);
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([123]);
  // two statements for each halving of 300
  expect(groups.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(300)) + 1);
});
