import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Json } from '../support/client.ts';
import { EventStream } from '../support/event-stream.ts';
import { metricsOf, statusUrl } from '../support/metrics.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';
import { sharedServers } from '../support/servers.ts';
import { findTraces } from '../support/traces.ts';

const passwire = usePasswire();
const HOUR_MS = 3_600_000;

/** A text that occurs nowhere else. */
const unique = (name: string): string => `${name}-${randomBytes(8).toString('hex')}`;

interface Person {
  readonly passId: string;
  readonly userId: string;
  /** Values that only this person has. */
  readonly values: readonly string[];
  readonly pass: object;
  readonly device: object;
}

function person(): Person {
  const [passId, userId, name, email, installId] = ['pass', 'user', 'name', 'mail', 'install'].map(unique);
  if (!passId || !userId || !name || !email || !installId) throw new Error('five texts');
  return {
    passId,
    userId,
    values: [passId, userId, name, email, installId],
    pass: { id: passId, userProvidedId: userId, fields: { name, email } },
    device: { platform: 'apple', installId },
  };
}

type Tenant = Client & { readonly tenantId: string };

const traces = (needles: readonly string[]) => {
  const { DATABASE_URL = '', REDIS_PREFIX = '' } = passwire().env;
  return findTraces(DATABASE_URL, { url: sharedServers().redisUrl, prefix: REDIS_PREFIX }, needles);
};

async function erased(tenant: Tenant, subject: object): Promise<Json> {
  const { id } = await tenant.ok<{ id: string }>('POST', '/v1/erasures', subject);
  return eventually(
    async () => {
      const erasure = await tenant.ok('GET', `/v1/erasures/${id}`);
      return erasure.state === 'done' && erasure;
    },
    { what: 'the end of the erasure' },
  );
}

/** A tenant with a subscription for each fate of a delivery; every endpoint answers with what it got. */
async function makeTenant() {
  const tenant = await passwire().makeTenant();
  const { receiver } = passwire();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { retryDelaysMs: [HOUR_MS], timeoutMs: 30_000 },
  });
  const cloudEvents = await tenant.makeIntegration({ dialect: 'cloudevents', name: 'events' });
  const path = (name: string) => `/${tenant.tenantId}/${name}`;
  const echo = (name: string, status: number) =>
    receiver.answer(path(name), {
      by: ({ text }, response) =>
        void response.writeHead(status, { 'x-echo': Buffer.from(text).toString('base64url').slice(0, 40) }).end(text),
    });
  const subscribe = (name: string, status: number, more: object = {}) => {
    echo(name, status);
    const common = { integrationId, templateId, trigger: 'pass.installed', url: receiver.url(path(name)) };
    return tenant.subscribe({ ...common, ...more });
  };
  await subscribe('good', 200);
  await subscribe('failing', 500);
  await subscribe('refusing', 413);
  await subscribe('ordered', 500, { ordering: 'pass' });
  await subscribe('cloud', 200, { integrationId: cloudEvents.id });
  await subscribe('deaths', 200, { trigger: 'delivery.dead', templateId: null });
  const held = await subscribe('held', 200);
  await tenant.ok('PATCH', `/v1/subscriptions/${held}`, { enabled: false });
  const tested = await subscribe('tested', 200, { trigger: 'pass.updated' });
  return { tenant, templateId, integrationId, path, tested };
}

/** Waits until the deliveries of a pass are in so many of each state. */
async function untilStates(tenant: Tenant, passId: string, wanted: Readonly<Record<string, number>>): Promise<void> {
  let states: Record<string, number> = {};
  const asWanted = async () => {
    states = {};
    for (const { state } of await tenant.deliveries({ passId })) states[state] = (states[state] ?? 0) + 1;
    return isDeepStrictEqual(states, wanted);
  };
  await eventually(asWanted, { what: `${JSON.stringify(wanted)} of the pass` }).catch((cause: unknown) => {
    throw new Error(`the states are ${JSON.stringify(states)}`, { cause });
  });
}

/** Everything that is ever stored about a person: events, deliveries of each fate, a test, a preview, a replay. */
async function givenTraces(made: Awaited<ReturnType<typeof makeTenant>>, { passId, pass, device }: Person) {
  const { tenant, tested, integrationId } = made;
  const event = { templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass };
  const installed = { ...event, type: 'pass.installed', device, id: `installed ${passId}` };
  const kept = { 'idempotency-key': unique('key') };
  await tenant.call('POST', '/v1/events', installed, kept);
  await tenant.emit({ ...event, type: 'pass.installed', device });
  const update = { ...event, type: 'pass.updated', changes: { fields: (pass as { fields: object }).fields } };
  const preview = { integrationId, trigger: 'pass.updated', event: update };
  const previewed = await tenant.call('POST', '/v1/subscriptions/preview', preview, {
    'idempotency-key': kept['idempotency-key'],
  });
  expect(previewed.status).toBe(200);
  await tenant.ok('POST', `/v1/subscriptions/${tested}/test?wait=true`, { event: update });
  // good, cloud, the announcements of deaths and the test; held; refusing; failing and the first ordered; the second ordered
  await untilStates(tenant, passId, { succeeded: 7, held: 2, dead: 2, retrying: 3, blocked: 1 });
  const found = await tenant.ok<{ confirmToken: string }>('POST', '/v1/replays/dry-run', {
    after: '2020-01-01T00:00:00Z',
    states: ['succeeded'],
    passId,
  });
  const replay = { confirmToken: found.confirmToken, name: `for ${passId}`, ratePerSecond: 0.1 };
  await tenant.ok('POST', '/v1/replays', replay);
  return { kept, preview };
}

describe('after an erasure by the id of a pass', () => {
  const subject = person();
  const other = person();
  let made: Awaited<ReturnType<typeof makeTenant>>;
  let report: Json;
  let before: readonly string[];
  let given: Awaited<ReturnType<typeof givenTraces>>;
  beforeAll(async () => {
    made = await makeTenant();
    const { tenantId } = made.tenant;
    const { key } = await passwire().admin.ok<{ key: string }>('POST', '/v1/api-keys', {
      name: 'watching',
      role: 'tenant',
      tenantId,
    });
    // somebody watches, so that what happens is in Redis too
    const stream = await EventStream.ready(`${passwire().api.url}/v1/stream?topics=deliveries`, key);
    given = await givenTraces(made, subject);
    await made.tenant.emit({
      type: 'pass.installed',
      templateId: 'loyalty',
      occurredAt: '2026-03-01T12:00:00Z',
      pass: other.pass,
      device: other.device,
    });
    await untilStates(made.tenant, other.passId, { succeeded: 3, held: 1, dead: 1, retrying: 2 });
    before = await traces(subject.values);
    report = await erased(made.tenant, { passId: subject.passId });
    stream.close();
  });

  test('no table and no key of Redis has the id, or a value of the person', async () => {
    // what the search finds beforehand: it would find a trace
    expect(before).toEqual(
      expect.arrayContaining([
        'attempts',
        'dead_letters',
        'deliveries',
        'event_keys',
        'events',
        'installations',
        'kept_answers',
        'pass_orders',
        `redis ${passwire().env.REDIS_PREFIX}:changes`,
        'replays',
      ]),
    );
    expect(await traces(subject.values)).toEqual([]);
  });

  test('everything of another pass is there', async () => {
    const query = new URLSearchParams({ passId: other.passId, type: 'pass.installed' });
    const { data } = await made.tenant.ok<{ data: Json[] }>('GET', `/v1/events?${query}`);
    expect(data).toMatchObject([{ contentRemoved: null, event: { pass: other.pass } }]);
    expect(await traces(other.values)).toContain('attempts');
  });

  test('the report says what was erased, and by whom', async () => {
    expect(report).toMatchObject({
      subject: 'passId',
      subjectHash: expect.stringMatching(/^erased_test_[\w-]{43}$/),
      passes: 1,
      counts: { deliveries: expect.any(Number), deadLetters: 2, installations: 1, keptAnswers: 1, replays: 1 },
      createdBy: expect.stringMatching(/^key_/),
    });
    expect((report.counts as { cancelled: number }).cancelled).toBeGreaterThanOrEqual(6);
    const listed = await made.tenant.ok<{ data: Json[] }>('GET', `/v1/erasures?passId=${subject.passId}`);
    expect(listed.data).toEqual([report]);
    const others = await made.tenant.ok<{ data: Json[] }>('GET', `/v1/erasures?passId=${other.passId}`);
    expect(others.data).toEqual([]);
  });

  test('the bookkeeping stays under a keyed hash: states, attempts, statuses', async () => {
    const rows = await made.tenant.deliveries({ passId: String(report.subjectHash) });
    expect(rows.length).toBe((report.counts as { deliveries: number }).deliveries);
    for (const row of rows) expect(row.contentRemoved).toMatchObject({ reason: 'erasure' });
    const open = rows.filter(({ state }) => !['succeeded', 'dead', 'cancelled'].includes(state));
    expect(open).toEqual([]);
    const cancelled = rows.find(({ state }) => state === 'cancelled');
    expect(cancelled).toMatchObject({ endedReason: 'erased', endedBy: report.createdBy });
    const dead = rows.find(({ state }) => state === 'dead');
    const shown = await made.tenant.delivery(dead?.id ?? '');
    expect(shown).toMatchObject({
      lastStatus: 413,
      request: null,
      attempts: [{ outcome: { kind: 'response', status: 413, headers: {}, body: { text: '' } } }],
    });
  });

  test('nothing of it can be sent again, and the answers say why', async () => {
    const [row] = await made.tenant.deliveries({ passId: String(report.subjectHash), state: 'succeeded', test: 'false' });
    for (const mode of ['same', 'fresh']) {
      expect(await made.tenant.call('POST', `/v1/deliveries/${row?.id}/replay`, { mode })).toMatchObject({
        status: 409,
        body: { type: 'urn:passwire:problem:content-removed', detail: expect.stringContaining('erased on request') },
      });
    }
    const events = await made.tenant.ok<{ data: Json[] }>('GET', `/v1/events?passId=${report.subjectHash}`);
    expect(events.data[0]).toMatchObject({ event: null, contentRemoved: { reason: 'erasure' } });
    const letters = await made.tenant.ok<{ data: Json[] }>('GET', `/v1/dead-letters?passId=${report.subjectHash}`);
    expect(letters.data[0]).toMatchObject({ event: null, body: null, closed: { as: 'discarded' } });
    const preview = await made.tenant.call('POST', '/v1/subscriptions/preview', {
      integrationId: made.integrationId,
      trigger: 'pass.installed',
      eventId: events.data[0]?.id,
    });
    expect(preview).toMatchObject({ status: 422, body: { errors: [{ pointer: '/eventId' }] } });
  });

  test('a repeated request does not get its erased answer, and is not carried out again', async () => {
    expect(await made.tenant.call('POST', '/v1/subscriptions/preview', given.preview, given.kept)).toMatchObject({
      status: 409,
      body: { type: 'urn:passwire:problem:answer-erased' },
    });
  });

  test('a later event of the same pass is as any other', async () => {
    const { tenant, path } = made;
    const got = passwire().receiver.at(path('good')).length;
    const later = { type: 'pass.installed', templateId: 'loyalty', occurredAt: '2026-03-02T12:00:00Z' };
    await tenant.emit({ ...later, pass: subject.pass, device: subject.device });
    await passwire().receiver.waitFor(path('good'), got + 1);
    const query = new URLSearchParams({ passId: subject.passId, type: 'pass.installed' });
    const { data } = await tenant.ok<{ data: Json[] }>('GET', `/v1/events?${query}`);
    expect(data[0]).toMatchObject({ event: { pass: subject.pass } });
    expect(await tenant.ok('GET', '/v1/erasures')).toMatchObject({ data: [{ state: 'done' }] });
    const again = await erased(tenant, { passId: subject.passId });
    expect(again.subjectHash).toBe(report.subjectHash);
    expect(await traces(subject.values)).toEqual([]);
  });
});

test('an erasure by userProvidedId finds every pass that has had it', async () => {
  const made = await makeTenant();
  const [first, second] = [person(), person()];
  const { userId } = first;
  await givenTraces(made, first);
  const shared = { ...second.pass, userProvidedId: userId };
  await made.tenant.emit({
    type: 'pass.updated',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: shared,
  });
  const dryRun = await made.tenant.ok('POST', '/v1/erasures/dry-run', { userProvidedId: userId });
  expect(dryRun).toMatchObject({ passes: 2, complete: true, counts: { deadLetters: 2, installations: 1 } });
  const confirmToken = String(dryRun.confirmToken);
  const report = await erased(made.tenant, { userProvidedId: userId, confirmToken });
  expect(report).toMatchObject({ subject: 'userProvidedId', passes: 2 });
  expect(await traces([...first.values, second.passId])).toEqual([]);
});

test('what is being sent meanwhile is cancelled, and its result does not bring anything back', async () => {
  const subject = person();
  const tenant = await passwire().makeTenant();
  const { receiver, worker } = passwire();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { timeoutMs: 30_000 } });
  const path = `/${tenant.tenantId}/slow`;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  receiver.answer(path, {
    async by({ text }, response) {
      await released;
      response.writeHead(413).end(text);
    },
  });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  await tenant.emit({
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: subject.pass,
  });
  await receiver.waitFor(path);
  const report = await erased(tenant, { passId: subject.passId });
  expect(report).toMatchObject({ counts: { deliveries: 1, cancelled: 1 } });
  release();
  const url = await statusUrl(worker);
  await eventually(async () => (await metricsOf(url)).get('passwire_results_dropped_total'), { what: 'a dropped result' });
  const [row] = await tenant.deliveries({});
  expect(row).toMatchObject({ state: 'cancelled', endedReason: 'erased', attemptCount: 0 });
  expect(await traces(subject.values)).toEqual([]);
});

describe('refusals', () => {
  test.each([
    [{}, '/passId'],
    [{ passId: 'a', userProvidedId: 'b' }, '/passId'],
    [{ passId: '' }, '/passId'],
    [{ passId: 'a', confirmToken: 'nonsense' }, '/confirmToken'],
  ])('%j is refused at %s', async (body, pointer) => {
    const tenant = await passwire().makeTenant();
    expect(await tenant.call('POST', '/v1/erasures', body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect(await tenant.ok('GET', '/v1/erasures')).toMatchObject({ data: [] });
  });

  test('a token of another id is refused', async () => {
    const tenant = await passwire().makeTenant();
    const { confirmToken } = await tenant.ok('POST', '/v1/erasures/dry-run', { passId: 'a' });
    expect(await tenant.call('POST', '/v1/erasures', { passId: 'b', confirmToken })).toMatchObject({ status: 422 });
  });

  test('another tenant sees nothing of it, and keeps its own data of a pass with the same id', async () => {
    const [one, other] = [await passwire().makeTenant(), await passwire().makeTenant()];
    const subject = person();
    for (const tenant of [one, other]) {
      await tenant.makeTemplate();
      await tenant.emit({
        type: 'pass.created',
        templateId: 'loyalty',
        occurredAt: '2026-03-01T12:00:00Z',
        pass: subject.pass,
      });
    }
    const report = await erased(one, { passId: subject.passId });
    expect(report).toMatchObject({ counts: { events: 1 } });
    const { data } = await other.ok<{ data: Json[] }>('GET', `/v1/events?passId=${subject.passId}`);
    expect(data).toMatchObject([{ event: { pass: subject.pass } }]);
    expect((await other.call('GET', `/v1/erasures/${report.id}`)).status).toBe(404);
  });
});
