import { Redis } from 'ioredis';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EventStream, type StreamedMessage, type StreamOptions } from '../../support/event-stream.ts';
import { eventually } from '../../support/poll.ts';
import { usePrivateServers } from '../../support/servers.ts';
import { useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const PREFIX = '{stream}';
const servers = usePrivateServers();
const api = useApi({ env: { REDIS_PREFIX: PREFIX, KEY_STREAMS: '4' }, redisUrl: () => servers().redis.url });
let tenant: TenantWithAll;
let other: TenantWithAll;
const open: EventStream[] = [];

beforeAll(async () => {
  tenant = await tenantWithAll(api());
  other = await tenantWithAll(api());
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.close();
  // closed on both sides, since a key may have few
  await eventually(
    async () => (await EventStream.open(`${api().origin}/v1/stream?topics=system`, tenant.key)).close() ?? true,
  );
});

async function watch(query: string, { key = tenant.key, ...options }: StreamOptions & { key?: string } = {}) {
  // refused as long as the streams of the last test count
  const stream = await eventually(() => EventStream.ready(`${api().origin}/v1/stream?${query}`, key, options));
  open.push(stream);
  return stream;
}

/** Posts events of several passes, and returns the ids of their deliveries in the order of the passes. */
async function post(passes: readonly string[], { call } = tenant): Promise<string[]> {
  const events = passes.map((pass) => installed(pass, { device: { platform: 'apple', installId: `device-${pass}` } }));
  const { results } = (await made(call('POST', '/v1/events/batch', { events }), 202)) as unknown as {
    results: readonly { id: string }[];
  };
  const deliveries: string[] = [];
  for (const { id } of results) {
    const { data } = await made(call('GET', `/v1/deliveries?eventId=${id}`), 200);
    deliveries.push(data[0]?.id ?? '');
  }
  return deliveries;
}

function idsOf(messages: readonly StreamedMessage[]): string[] {
  return messages.map(({ data }) => (data.delivery as { id: string }).id);
}

describe('the topic deliveries', () => {
  test('sends new deliveries as the list shows them, and what people do to them', async () => {
    const stream = await watch('topics=deliveries');
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const [id] = await post(['pass-a']);
    const [message] = await stream.next('delivery');
    const listed = await made(tenant.call('GET', '/v1/deliveries?passId=pass-a'), 200);
    expect(message?.data).toEqual({ action: 'created', matches: true, delivery: listed.data[0], attempt: null });
    expect(message?.id).toMatch(/^[0-9a-f]{8}-\d+-\d+-\d+$/);

    await made(tenant.call('POST', `/v1/deliveries/${id}/cancel`, {}), 200);
    const [, cancelled] = await stream.next('delivery', 2);
    expect(cancelled?.data).toMatchObject({ action: 'cancelled', delivery: { id, state: 'cancelled' } });
    await made(tenant.call('POST', `/v1/deliveries/${id}/replay`, { mode: 'same' }), 202);
    await made(tenant.call('POST', `/v1/subscriptions/${tenant.ids.subscription}/test`, {}), 202);
    const [, , reopened, tested] = await stream.next('delivery', 4);
    expect(reopened?.data).toMatchObject({ action: 'reopened', delivery: { id } });
    expect(tested?.data).toMatchObject({ action: 'created', delivery: { test: true } });
  });

  test('obeys the filter of the list', async () => {
    const { integration, endpoint, subscription, template } = tenant.ids;
    const elsewhere = await made(
      tenant.call('POST', '/v1/subscriptions', {
        integrationId: integration,
        templateId: template,
        trigger: 'pass.uninstalled',
        url: 'http://127.0.0.1:9/elsewhere',
      }),
    );
    const streams = {
      subscription: await watch(`topics=deliveries&subscriptionId=${subscription}&passId=pass-b`),
      elsewhere: await watch(`topics=deliveries&subscriptionId=${elsewhere.id}&integrationId=${integration}`),
      later: await watch(`topics=deliveries&endpointId=${endpoint}&after=2999-01-01T00:00:00Z`),
      state: await watch(
        `topics=deliveries&state=cancelled&trigger=pass.installed&test=false&integrationId=${integration}`,
      ),
    };
    const [a, b] = await post(['pass-c', 'pass-b']);
    await made(tenant.call('POST', `/v1/deliveries/${b}/cancel`, {}), 200);
    const states = await streams.state.next('delivery', 3);
    expect(idsOf(states)).toEqual([a, b, b]);
    expect(states.map(({ data }) => data.matches).at(-1)).toBe(true);
    expect(states[0]?.data.matches).toBe(false);
    expect(idsOf(await streams.subscription.next('delivery', 2))).toEqual([b, b]);
    await made(tenant.call('POST', '/v1/events', installed('pass-c', { type: 'pass.uninstalled' })), 202);
    const [uninstalled] = await streams.elsewhere.next('delivery');
    expect(uninstalled?.data).toMatchObject({ delivery: { subscriptionId: elsewhere.id } });
    expect(streams.elsewhere.of('delivery')).toHaveLength(1);
    expect(streams.later.of('delivery')).toEqual([]);
  });

  test('shows a tenant nothing of another, and a support key all of them or one', async () => {
    const support = (await api().makeKey('support')).key;
    const streams = {
      own: await watch('topics=deliveries,endpoints'),
      foreign: await watch('topics=deliveries,endpoints', { key: other.key }),
      all: await watch('topics=deliveries', { key: support }),
      one: await watch(`topics=deliveries&tenantId=${other.id}`, { key: support }),
    };
    const [id] = await post(['pass-d']);
    await made(tenant.call('POST', `/v1/endpoints/${tenant.ids.endpoint}/enable`, {}), 200);
    const [otherId] = await post(['pass-e'], other);
    expect(idsOf(await streams.all.next('delivery', 2)).toSorted()).toEqual([id, otherId].toSorted());
    expect(idsOf(await streams.one.next('delivery'))).toEqual([otherId]);
    expect(idsOf(await streams.foreign.next('delivery'))).toEqual([otherId]);
    expect(streams.foreign.of('endpoint')).toEqual([]);
    const [endpoint] = await streams.own.next('endpoint');
    expect(endpoint?.data).toMatchObject({ id: tenant.ids.endpoint, state: 'active' });
    expect(idsOf(streams.own.of('delivery'))).toEqual([id]);
  });

  test('sends twenty a second, in order, and counts the others', async () => {
    const stream = await watch('topics=deliveries');
    const passes = Array.from({ length: 100 }, (_, number) => `flood-${number}`);
    const startedAtMs = performance.now();
    const ids = await post(passes);
    const [skipped] = await stream.next('skipped');
    const sent = await eventually(() => {
      const count =
        stream.of('delivery').length + stream.of('skipped').reduce((sum, { data }) => sum + Number(data.skipped), 0);
      return count === 100 && stream.of('delivery');
    });
    expect(skipped?.data).toEqual({ skipped: expect.any(Number), others: 0 });
    const got = idsOf(sent);
    expect(got).toEqual(ids.filter((id) => got.includes(id)));
    expect(got.at(-1)).toBe(ids.at(-1));
    const tookS = ((sent.at(-1)?.atMs ?? 0) - startedAtMs) / 1000;
    expect(sent.length).toBeLessThanOrEqual(Math.ceil(20 * tookS) + 5);
  });
});

describe('Last-Event-ID', () => {
  test('sends first what was missed, none of it lost or twice', async () => {
    const first = await watch('topics=deliveries');
    const before = await post(['pass-f']);
    await first.next('delivery');
    first.close();
    const { lastId } = first;
    const missed = await post(Array.from({ length: 60 }, (_, number) => `missed-${number}`));
    const second = await watch('topics=deliveries', { lastEventId: lastId });
    expect(second.of('ready')[0]?.data).toEqual({ resumed: true });
    const after = await post(['pass-g']);
    await second.next('delivery', 61);
    expect(idsOf(second.of('delivery'))).toEqual([...missed, ...after]);
    expect(second.of('reset')).toEqual([]);
    expect(before).not.toContain(missed[0]);
  });

  test.each(['nonsense', '00000000-1-0-0'])(
    'that is not known any more (%s) is answered with reset',
    async (lastEventId) => {
      const stream = await watch('topics=deliveries', { lastEventId });
      expect(stream.messages.map(({ event }) => event)).toEqual(['reset', 'ready']);
      expect(stream.of('ready')[0]?.data).toEqual({ resumed: false });
    },
  );
});

describe('without Redis', () => {
  test('a flushed one leads to reset, after which everything is sent again', async () => {
    const stream = await watch('topics=deliveries');
    await post(['pass-h']);
    const [, before] = [await stream.next('delivery'), stream.lastId];
    const redis = new Redis(servers().redis.url);
    await redis.flushall();
    redis.disconnect();
    await stream.next('reset');
    const [id] = await post(['pass-i']);
    await eventually(() => idsOf(stream.of('delivery')).includes(id ?? ''));
    const resumed = await watch('topics=deliveries', { lastEventId: before });
    expect(resumed.of('reset')).toHaveLength(1);
  });

  test('an unavailable one is reported, and later followed by reset', async () => {
    const stream = await watch('topics=deliveries');
    await servers().redis.kill();
    const [report] = await stream.next('system');
    expect(report?.data).toMatchObject({ parts: { redis: { ok: false } } });
    const late = await watch('topics=deliveries');
    expect(late.of('system')[0]?.data).toMatchObject({ parts: { redis: { ok: false } } });
    await servers().redis.start();
    await Promise.all([stream.next('reset'), late.next('reset')]);
    const [id] = await post(['pass-j']);
    for (const one of [stream, late]) await eventually(() => idsOf(one.of('delivery')).includes(id ?? ''));
  });
});

describe('the other topics', () => {
  test('a delivery, a replay and the system', async () => {
    const { delivery, replay } = tenant.ids;
    const stream = await watch(`topics=delivery:${delivery},replay:${replay},system`);
    expect(stream.of('replay')[0]?.data).toMatchObject({ id: replay, state: 'running', ratePerSecond: 0.1 });
    expect(stream.of('system')[0]?.data).toMatchObject({ parts: { postgres: { ok: true } } });
    await made(tenant.call('PATCH', `/v1/replays/${replay}`, { ratePerSecond: 0.2 }), 200);
    const [, changed] = await stream.next('replay', 2);
    expect(changed?.data).toMatchObject({ ratePerSecond: 0.2 });
    await post(['pass-k']);
    await made(tenant.call('POST', `/v1/deliveries/${delivery}/replay`, { mode: 'same' }), 202);
    expect(idsOf(await stream.next('delivery'))).toEqual([delivery]);
    const statistics = await watch('topics=stats');
    const [counted] = statistics.of('stats');
    expect(counted?.data).toEqual({ from: expect.any(String), to: expect.any(String), groups: [] });
    const [heartbeat] = await stream.next('heartbeat');
    expect(Date.parse(String(heartbeat?.data.at))).toBeGreaterThan(0);
  });

  test.each([
    ['topics=deliveries,nonsense', 422, '/topics'],
    [`topics=${Array.from({ length: 21 }, () => 'system')}`, 422, '/topics'],
    ['', 422, '/topics'],
    ['topics=deliveries&state=lost', 422, '/state'],
    ['topics=deliveries&limit=5', 422, '/limit'],
  ])('%s is refused', async (query, status, pointer) => {
    const { status: got, body } = await tenant.call('GET', `/v1/stream?${query}`);
    expect([got, body.errors[0]?.pointer]).toEqual([status, pointer]);
  });

  test('foreign ids are not found, and a producer key is refused', async () => {
    const statusOf = async (query: string) => (await tenant.call('GET', `/v1/stream?${query}`)).status;
    expect(await statusOf(`topics=delivery:${other.ids.delivery}`)).toBe(404);
    expect(await statusOf(`topics=replay:${other.ids.replay}`)).toBe(404);
    expect(await statusOf(`topics=system&tenantId=${other.id}`)).toBe(404);
    const producer = api().with((await api().makeKey('producer', tenant.id)).key);
    expect((await producer('GET', '/v1/stream?topics=system')).status).toBe(403);
    const admin = await api().admin('GET', `/v1/stream?topics=replay:${other.ids.replay}`);
    expect([admin.status, admin.body.errors[0]?.pointer]).toEqual([422, '/tenantId']);
  });
});

describe('bounds', () => {
  test('a key has as many streams as it may, and no more', async () => {
    const { key, call } = await api().tenant();
    for (let opened = 0; opened < 4; opened++) await watch('topics=system', { key });
    const refused = await call('GET', '/v1/stream?topics=system');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    open[0]?.close();
    const next = await eventually(() => EventStream.open(`${api().origin}/v1/stream?topics=system`, key));
    open.push(next);
  });

  test('a revoked key ends its streams', async () => {
    const { id, key } = await api().makeKey('tenant', tenant.id);
    const stream = await watch('topics=system', { key });
    await made(api().admin('DELETE', `/v1/api-keys/${id}`), 204);
    const [end] = await stream.next('end');
    expect(end?.data).toEqual({ reason: 'revoked' });
    await eventually(() => stream.hasEnded);
  });
});
