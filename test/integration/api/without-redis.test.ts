import { Redis } from 'ioredis';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/api/routes/index.ts';
import { slowdown } from '../../support/busy-machine.ts';
import { eventually } from '../../support/poll.ts';
import { usePrivateServers } from '../../support/servers.ts';
import { useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const servers = usePrivateServers();
const api = useApi({ redisUrl: () => servers().redis.url });
const ANSWER_MS = 300;
const BUSY_SCRIPT = 'while true do end';
let tenant: TenantWithAll;
let recover: () => unknown = () => {};

beforeAll(async () => {
  tenant = await tenantWithAll(api());
});
afterEach(async () => {
  await recover();
  const answers = async () => (await tenant.call('GET', `/v1/endpoints/${tenant.ids.endpoint}`)).body.live !== null;
  await eventually(answers, { what: 'Redis available again' });
});

/** Lets a script run that Redis cannot do anything beside. */
async function makeBusy(): Promise<void> {
  const { url } = servers().redis;
  const [blocking, ending] = [new Redis(url), new Redis(url)];
  await Promise.all([blocking.ping(), ending.ping()]);
  await ending.config('SET', 'busy-reply-threshold', '100').catch(() => ending.config('SET', 'lua-time-limit', '100'));
  const running = blocking.eval(BUSY_SCRIPT, 0).catch(() => {}); // killed below
  recover = async () => {
    await eventually(() => ending.script('KILL').then(() => true), { what: 'the script killed' });
    await running;
    blocking.disconnect();
    ending.disconnect();
  };
}

const FAULTS: readonly (readonly [string, () => unknown])[] = [
  [
    'frozen',
    () => {
      servers().redis.freeze();
      recover = () => servers().redis.thaw();
    },
  ],
  ['busy', makeBusy],
  [
    'stopped',
    async () => {
      await servers().redis.kill();
      recover = () => servers().redis.start();
    },
  ],
];

/** The reads of a tenant, each with ids that exist. */
function reads(): string[] {
  return ROUTES.filter(({ method, names, scope }) => method === 'get' && !names && scope === 'tenant').flatMap(
    ({ path, id }) => {
      const known = id && tenant.ids[id as keyof typeof tenant.ids];
      if (id && !known) return [];
      return [
        path.endsWith('describe')
          ? `${path.replace('{id}', known ?? '')}?dialect=vibes&trigger=pass.installed`
          : path.replace('{id}', known ?? ''),
      ];
    },
  );
}

describe.each(FAULTS)('with Redis %s', (_, fault) => {
  test('reads are answered in time, with what Postgres knows', async () => {
    const event = await made(tenant.call('POST', '/v1/events', installed('pass-1')), 202);
    await fault();
    for (const path of [...reads(), '/v1/deliveries?state=parked']) {
      const startedAtMs = performance.now();
      const { status, text } = await tenant.call('GET', path);
      const tookMs = performance.now() - startedAtMs;
      expect(status, `${path}: ${text}`).toBeLessThan(300);
      expect(tookMs, path).toBeLessThan(ANSWER_MS * slowdown());
    }
    expect((await made(tenant.call('GET', `/v1/endpoints/${tenant.ids.endpoint}`), 200)).live).toBeNull();
    const { data } = await made(tenant.call('GET', `/v1/deliveries?eventId=${event.id}`), 200);
    expect(data).toMatchObject([{ state: 'pending', live: null }]);
    const parked = await made(tenant.call('GET', '/v1/deliveries?state=parked'), 200);
    expect(parked.data).toContainEqual(expect.objectContaining({ id: data[0]?.id, live: null }));
    const ended = await made(tenant.call('GET', `/v1/deliveries/${tenant.ids.delivery}`), 200);
    expect(ended).toMatchObject({ state: 'dead', live: { parked: false } });
  });

  test('events are accepted, and an endpoint can be enabled', async () => {
    await fault();
    expect((await tenant.call('POST', '/v1/events', installed('pass-2'))).status).toBe(202);
    const enabled = await made(tenant.call('POST', `/v1/endpoints/${tenant.ids.endpoint}/enable`, {}), 200);
    expect(enabled).toMatchObject({ state: 'active', live: null });
  });
});
