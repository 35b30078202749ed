import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../../src/domain/event.ts';
import { type EventId, type TenantId, toUuid } from '../../../src/domain/id.ts';
import { isOperationalEvent } from '../../../src/domain/operational-event.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import type { EventResult } from '../../../src/pipeline/classify-events.ts';
import { EventIngest } from '../../../src/pipeline/ingest-events.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { NO_ANNOUNCER, NO_TELEMETRY } from '../../support/telemetry.ts';
import { givenSubscription, givenTemplate, givenTenant, saveSubscription, statesOf } from '../store/samples.ts';
import { acceptedId, givenSetup, type Ingest, install, item, type Setup, useTwoInstances } from './installation.ts';

const instances = useTwoInstances();

async function eventsOf(tenantId: TenantId) {
  const { data } = await createEventStore(instances().db).list(tenantId, {}, { limit: 1000, cursor: undefined });
  return data.flatMap((event) => (isOperationalEvent(event) ? [] : [event])).reverse();
}

async function factsOf(tenantId: TenantId, result: EventResult | undefined): Promise<EventFacts | undefined> {
  const event = await createEventStore(instances().db).find(tenantId, acceptedId(result) as EventId);
  return event && !isOperationalEvent(event) ? event.facts : undefined;
}

const deliveriesOf = ({ subscription }: Setup) => statesOf(instances().db, subscription.id);

describe('an event', () => {
  test('is stored with a delivery for each subscription, which is offered to the queue', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const posted = item(setup, { id: 'e1', pass: { id: 'p', fields: { b: 1, a: '2' } } });
    const [result] = await one.ingest(setup.tenantId, [posted]);
    const [stored] = await eventsOf(setup.tenantId);
    expect(stored).toMatchObject({ id: acceptedId(result), templateId: setup.template.id, facts: posted.event });
    expect(Object.keys(stored?.facts.pass.fields ?? {})).toEqual(['b', 'a']);
    const rows = await db.delivery.findMany({ where: { tenantId: toUuid(setup.tenantId) } });
    expect(rows).toMatchObject([{ state: 'pending', attempts: 0, passId: 'p', trigger: 'pass.created' }]);
    expect(one.queue.offered).toMatchObject([{ deliveryId: `dlv_${rows[0]?.id}`, attempt: 1, delayMs: 0 }]);
  });

  test('without an id is never a duplicate', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const posted = item(setup);
    const ids = (await one.ingest(setup.tenantId, [posted, posted])).map(acceptedId);
    expect(new Set(ids).size).toBe(2);
  });

  test('may name its template by id or by externalId; an unknown one is refused, with the nearest name', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const { id, externalId = '' } = setup.template;
    const typo = `${externalId.slice(0, -1)}${externalId.endsWith('0') ? '1' : '0'}`;
    const stranger = await givenTemplate(db, await givenTenant(db));
    const named = (templateId: string): PostedItem => item(setup, { templateId });
    const results = await one.ingest(setup.tenantId, [
      named(id),
      named(externalId),
      named(typo),
      named(stranger.id),
      named('?'),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'refused', 'refused', 'refused']);
    expect(results[2]).toMatchObject({
      code: 'unknown-template',
      errors: [{ pointer: '/templateId', detail: expect.stringContaining(`did you mean ${externalId}?`) }],
    });
    expect(await deliveriesOf(setup)).toHaveLength(2);
  });
});

test('the events of a batch, those derived from them and their deliveries sort in the order they came', async () => {
  const { db, one } = instances();
  const setup = await givenSetup(db, 'pass.installed');
  const passes = Array.from({ length: 300 }, (_, n) => `p${n}`);
  const results = await one.ingest(
    setup.tenantId,
    passes.map((passId) => install(setup, passId)),
  );
  const events = await eventsOf(setup.tenantId);
  expect(events.filter(({ derivedFrom }) => !derivedFrom).map(({ id }) => id)).toEqual(results.map(acceptedId));
  expect(events.filter(({ derivedFrom }) => derivedFrom).map(({ facts }) => facts.pass.id)).toEqual(passes);
  const deliveries = await db.delivery.findMany({
    where: { subscriptionId: toUuid(setup.subscription.id) },
    orderBy: { id: 'asc' },
  });
  expect(deliveries.map(({ passId }) => passId)).toEqual(passes);
});

describe('an id that comes again', () => {
  const again = async (ingest: Ingest, setup: Setup, items: readonly PostedItem[]) => ingest.ingest(setup.tenantId, items);

  test('with the same text gives the same event, later or within one batch', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const posted = item(setup, { id: 'e1' });
    const [first, second] = await again(one, setup, [posted, posted]);
    const [third] = await again(one, setup, [posted]);
    expect(first).toMatchObject({ kind: 'accepted', duplicate: false });
    expect(second).toEqual({ kind: 'accepted', id: acceptedId(first), duplicate: true, deliveries: undefined });
    expect(third).toEqual(second);
    expect(await deliveriesOf(setup)).toEqual(['pending']);
  });

  test('with another text is refused, later or within one batch; the others of the batch are accepted', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const [posted, other] = [item(setup, { id: 'e1' }), item(setup, { id: 'e1' })];
    const results = await again(one, setup, [posted, other, item(setup, { id: 'e2' })]);
    const refused = { kind: 'refused', code: 'id-reused', errors: [{ pointer: '/id' }] };
    expect(results).toMatchObject([
      { kind: 'accepted', duplicate: false },
      refused,
      { kind: 'accepted', duplicate: false },
    ]);
    expect(await again(one, setup, [other])).toMatchObject([refused]);
    expect(await deliveriesOf(setup)).toHaveLength(2);
  });

  test('is free for another tenant, and after an event that was refused', async () => {
    const { db, one } = instances();
    const [setup, stranger] = [await givenSetup(db), await givenSetup(db)];
    const [unknown] = await again(one, setup, [item(setup, { id: 'e1', templateId: 'nowhere' })]);
    expect(unknown).toMatchObject({ code: 'unknown-template' });
    for (const of of [setup, stranger]) {
      expect(await again(one, of, [item(of, { id: 'e1' })])).toMatchObject([{ kind: 'accepted', duplicate: false }]);
    }
  });

  test('is free again when it has expired', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const [first] = await again(one, setup, [item(setup, { id: 'e1' })]);
    await db.$executeRaw`
      UPDATE event_keys SET expires_at = now() - interval '1 s' WHERE tenant_id = ${toUuid(setup.tenantId)}::uuid`;
    const [second] = await again(one, setup, [item(setup, { id: 'e1' })]);
    expect(second).toMatchObject({ kind: 'accepted', duplicate: false });
    expect(acceptedId(second)).not.toBe(acceptedId(first));
  });

  test('in one group of requests that arrive together counts once', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const [posted, other] = [item(setup, { id: 'e1' }), item(setup, { id: 'e1' })];
    const [first, second, third] = await Promise.all([posted, posted, other].map((each) => again(one, setup, [each])));
    expect(first).toMatchObject([{ duplicate: false }]);
    expect(second).toMatchObject([{ id: acceptedId(first?.[0]), duplicate: true }]);
    expect(third).toMatchObject([{ code: 'id-reused' }]);
    expect(await deliveriesOf(setup)).toHaveLength(1);
  });

  test('at two instances at the same time counts once, in either order', async () => {
    const { db, one, other } = instances();
    const setup = await givenSetup(db);
    const items = Array.from({ length: 50 }, (_, n) => item(setup, { id: `e${n}` }));
    const answers = await Promise.all(
      [one, other, one, other].map((ingest, n) => again(ingest, setup, n % 2 === 0 ? items : [...items].reverse())),
    );
    const ids = answers.map((results, n) => (n % 2 === 0 ? results : [...results].reverse()).map(acceptedId));
    for (const each of ids) expect(each).toEqual(ids[0]);
    const fresh = answers.flat().filter((result) => result.kind === 'accepted' && !result.duplicate);
    expect(fresh).toHaveLength(items.length);
    expect(await eventsOf(setup.tenantId)).toHaveLength(items.length);
    expect(await deliveriesOf(setup)).toHaveLength(items.length);
  });
});

describe('requests that share a transaction', () => {
  test('are stored although one of them cannot be', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const culprit = item(setup, { pass: { id: 'NUL \u0000 is no text for Postgres' } });
    const requests = [[item(setup)], [item(setup), culprit], [item(setup), item(setup)]];
    const outcomes = await Promise.allSettled(requests.map((items) => one.ingest(setup.tenantId, items)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await eventsOf(setup.tenantId)).toHaveLength(3);
    expect(await deliveriesOf(setup)).toHaveLength(3);
  });

  test('are stored although the tenant of one does not exist', async () => {
    const { db, one } = instances();
    const [setup, gone] = [await givenSetup(db), await givenSetup(db)];
    await createTenantStore(db).delete(gone.tenantId, 'test');
    const [good, bad] = await Promise.allSettled([setup, gone].map((of) => one.ingest(of.tenantId, [item(of)])));
    expect(good?.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { kind: 'not_found' } });
  });

  test('may be of many tenants', async () => {
    const { db, one, other } = instances();
    const setups = await Promise.all(Array.from({ length: 10 }, () => givenSetup(db)));
    const requests = setups.flatMap((setup) => [one, other].map((ingest) => ({ setup, ingest })));
    await Promise.all(
      requests.map(({ setup, ingest }) => ingest.ingest(setup.tenantId, [item(setup), install(setup, 'p')])),
    );
    for (const setup of setups) expect(await deliveriesOf(setup)).toHaveLength(2);
  });
});

describe('installations', () => {
  test('of one pass, posted to two instances at once, are the first one exactly once', async () => {
    const { db, one, other } = instances();
    const setup = await givenSetup(db, 'pass.first_installed');
    const passes = ['p1', 'p2', 'p3', 'p4', 'p5'];
    const requests = Array.from({ length: 8 }, (_, n) => ({
      ingest: n % 2 === 0 ? one : other,
      items: (n % 3 === 0 ? passes : [...passes].reverse()).map((passId) => install(setup, passId)),
    }));
    await Promise.all(requests.map(({ ingest, items }) => ingest.ingest(setup.tenantId, items)));
    const events = await eventsOf(setup.tenantId);
    const first = events.filter(({ facts }) => facts.type === 'pass.first_installed');
    expect(first.map(({ facts }) => facts.pass.id).sort()).toEqual(passes);
    expect(await deliveriesOf(setup)).toHaveLength(passes.length);
    for (const passId of passes) {
      const counts = events.flatMap(({ facts }) =>
        facts.type === 'pass.installed' && facts.pass.id === passId ? [facts.registrations?.active] : [],
      );
      expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  test('yield counts, first and a missing registeredAt, frozen into the event', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const on = (installId: string, more: object = {}, device: object = {}) =>
      install(setup, 'p', { device: { platform: 'apple', installId, ...device }, ...more });
    const removed = { type: 'pass.uninstalled', occurredAt: '2026-03-02T12:00:00Z' };
    const registeredAt = '2026-02-28T08:00:00+01:00';
    const steps = [on('a', {}, { registeredAt }), on('b'), on('a', removed), on('b', removed), on('c', removed)];
    const facts: (EventFacts | undefined)[] = [];
    for (const step of steps) facts.push(await factsOf(setup.tenantId, (await one.ingest(setup.tenantId, [step]))[0]));
    expect(facts.map((each) => [each?.first, each?.registrations, each?.device?.registeredAt])).toEqual([
      [true, { active: 1, inactive: 0 }, registeredAt],
      [false, { active: 2, inactive: 0 }, undefined],
      [undefined, { active: 1, inactive: 1 }, registeredAt],
      [undefined, { active: 0, inactive: 2 }, '2026-03-01T12:00:00Z'],
      [undefined, { active: 0, inactive: 3 }, undefined],
    ]);
  });

  test('are what the producer says they are, where it says something', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db, 'pass.first_installed');
    const claims = { registrations: { active: 0, inactive: 99 }, first: true };
    for (const posted of [install(setup, 'p', { first: false }), install(setup, 'p', claims)]) {
      const [result] = await one.ingest(setup.tenantId, [posted]);
      expect(await factsOf(setup.tenantId, result)).toMatchObject(posted.event);
    }
    const [result] = await one.ingest(setup.tenantId, [install(setup, 'p', { registrations: claims.registrations })]);
    expect(await factsOf(setup.tenantId, result)).toMatchObject({ first: false, registrations: claims.registrations });
    expect(await deliveriesOf(setup)).toHaveLength(1);
  });

  test('are not counted twice by an id that comes again', async () => {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    const posted = install(setup, 'p', { id: 'e1' });
    await one.ingest(setup.tenantId, [posted]);
    await one.ingest(setup.tenantId, [posted]);
    const [result] = await one.ingest(setup.tenantId, [install(setup, 'p')]);
    expect(await factsOf(setup.tenantId, result)).toMatchObject({ registrations: { active: 2, inactive: 0 } });
  });
});

describe('a change of configuration just before', () => {
  /** An instance that has the former configuration in its memory. */
  async function warm(): Promise<Setup> {
    const { db, one } = instances();
    const setup = await givenSetup(db);
    await one.ingest(setup.tenantId, [item(setup)]);
    return setup;
  }
  const stateOfNext = async (setup: Setup): Promise<string | undefined> => {
    const before = (await deliveriesOf(setup)).length;
    await instances().one.ingest(setup.tenantId, [item(setup)]);
    return (await deliveriesOf(setup))[before];
  };

  test('a new subscription gets the next event', async () => {
    const { db, one } = instances();
    const setup = await warm();
    const { integration, template } = setup;
    const added = await givenSubscription(db, integration, { trigger: 'pass.created', templateId: template.id });
    await one.ingest(setup.tenantId, [item(setup)]);
    expect(await statesOf(db, added.id)).toEqual(['pending']);
  });

  test('an unknown template reloads nothing: the version shows whether there is a newer configuration', async () => {
    const setup = await givenSetup(instances().db);
    const { one } = instances();
    for (let event = 0; event < 3; event++) {
      const [refused] = await one.ingest(setup.tenantId, [item(setup, { templateId: 'nowhere' })]);
      expect(refused).toMatchObject({ code: 'unknown-template' });
    }
    expect(one.loads.filter((id) => id === setup.tenantId)).toHaveLength(1);
  });

  test('a new template is known to the next event', async () => {
    const setup = await warm();
    const template = await givenTemplate(instances().db, setup.tenantId);
    expect(await instances().one.ingest(setup.tenantId, [item({ template })])).toMatchObject([{ kind: 'accepted' }]);
  });

  test('the next event of a disabled subscription is held, of an enabled one pending, of a deleted one nothing', async () => {
    const setup = await warm();
    const subscriptions = createSubscriptionStore(instances().db);
    await saveSubscription(instances().db, { ...setup.subscription, disabled: 'requested' });
    expect(await stateOfNext(setup)).toBe('held');
    await saveSubscription(instances().db, setup.subscription);
    expect(await stateOfNext(setup)).toBe('pending');
    await subscriptions.delete(setup.tenantId, setup.subscription.id, 'test');
    expect(await stateOfNext(setup)).toBeUndefined();
  });

  test('a tenant whose configuration changes with every read loses no event', async () => {
    const { db } = instances();
    const setup = await givenSetup(db);
    const source = createConfigSource(db);
    const restless = new TenantConfigs({
      ...source,
      async load(tenantId) {
        const config = await source.load(tenantId);
        await db.$executeRaw`UPDATE tenants SET config_version = config_version + 1 WHERE id = ${toUuid(tenantId)}::uuid`;
        return config;
      },
    });
    const queue = { offer: () => {} };
    const events = createEventStore(db);
    const ingest = new EventIngest({
      events,
      configs: restless,
      queue,
      clock: Date.now,
      announcer: NO_ANNOUNCER,
      telemetry: NO_TELEMETRY,
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ingest.ingest(setup.tenantId, [item(setup), install(setup, 'p')])),
    );
    expect(new Set(answers.flat().map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    expect(await deliveriesOf(setup)).toHaveLength(20);
  });

  test('a deleted tenant is not found, and nothing is stored', async () => {
    const setup = await warm();
    await createTenantStore(instances().db).delete(setup.tenantId, 'test');
    const late = instances().one.ingest(setup.tenantId, [item(setup, { id: randomUUID() })]);
    await expect(late).rejects.toMatchObject({ kind: 'not_found' });
    expect(await eventsOf(setup.tenantId)).toHaveLength(1);
  });

  test('changes without end, while events come in, lose no event for any subscription', async () => {
    const { db, one, other } = instances();
    const setup = await warm();
    const made: Setup['subscription'][] = [];
    const sent = new Map<string, number>();
    for (let round = 0; round < 15; round++) {
      made.push(await givenSubscription(db, setup.integration, { trigger: 'pass.created', templateId: null }));
      for (const { id } of made) sent.set(id, (sent.get(id) ?? 0) + 2);
      await Promise.all([one, other].map((ingest) => ingest.ingest(setup.tenantId, [item(setup)])));
    }
    for (const { id } of made) expect(await statesOf(db, id)).toHaveLength(sent.get(id) ?? 0);
  });
});
