import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();

interface Group {
  readonly group: string;
  readonly attempts: object;
  readonly ended: object;
  readonly successRate: number | null;
  readonly failures: object;
  readonly answerMs: { readonly p50: number } | null;
  readonly buckets: readonly { readonly at: string; readonly attempts: { readonly delivered: number } }[] | null;
}

test('every attempt is counted once, by subscription, endpoint, integration, trigger, tenant and in all; tests are not', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { receiver, admin } = passwire();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs: [50] } });
  const make = async (name: string, trigger: string, status: number) => {
    const path = `/${tenant.tenantId}/${name}`;
    receiver.answer(path, { status });
    return tenant.subscribe({ integrationId, templateId, trigger, url: receiver.url(path) });
  };
  const good = await make('good', 'pass.created', 200);
  const bad = await make('bad', 'pass.created', 503);
  const gone = await make('refusing', 'pass.generated', 413);
  const emit = (type: string, count: number) =>
    tenant.ok('POST', '/v1/events/batch', {
      events: Array.from({ length: count }, (_, index) => ({
        type,
        templateId: 'loyalty',
        occurredAt: '2026-03-01T12:00:00Z',
        pass: { id: `p-${index}` },
      })),
    });
  await emit('pass.created', 2); // few, so that no breaker opens
  await emit('pass.generated', 3);
  await tenant.ok('POST', `/v1/subscriptions/${good}/test?wait=true`, {});

  const groups = async (query: string) => (await tenant.ok<{ groups: Group[] }>('GET', `/v1/stats?${query}`)).groups;
  const bySubscription = async () => new Map((await groups('groupBy=subscription')).map((group) => [group.group, group]));
  await expect
    .poll(async () => (await bySubscription()).get(bad)?.ended, { timeout: 60_000 })
    .toEqual({ succeeded: 0, dead: 2 });
  await expect.poll(async () => (await bySubscription()).get(good)?.ended).toEqual({ succeeded: 2, dead: 0 });
  await expect.poll(async () => (await bySubscription()).get(gone)?.ended).toEqual({ succeeded: 0, dead: 3 });
  const found = await bySubscription();
  expect(found.get(good)).toMatchObject({
    attempts: { delivered: 2, retryable: 0, permanent: 0 },
    successRate: 1,
    failures: {},
  });
  expect(found.get(bad)).toMatchObject({
    attempts: { delivered: 0, retryable: 4 },
    successRate: 0,
    failures: { '5xx': 4 },
  });
  expect(found.get(gone)).toMatchObject({ attempts: { permanent: 3 }, failures: { '4xx': 3 } });
  expect(found.get(good)?.answerMs?.p50).toBeGreaterThan(0);

  const all = { attempts: { delivered: 2, retryable: 4, permanent: 3 }, ended: { succeeded: 2, dead: 5 } };
  expect(await groups('')).toMatchObject([{ group: '', ...all }]);
  expect(await groups('groupBy=tenant')).toMatchObject([{ group: tenant.tenantId, ...all }]);
  expect(await groups('groupBy=integration')).toMatchObject([{ group: integrationId, ...all }]);
  expect(await groups('groupBy=trigger')).toMatchObject([
    { group: 'pass.created', ended: { succeeded: 2, dead: 2 } },
    { group: 'pass.generated', ended: { dead: 3 } },
  ]);
  expect(await groups('groupBy=endpoint')).toHaveLength(3);
  expect(await groups(`groupBy=subscription&ids=${good},${gone}`)).toHaveLength(2);
  expect(await groups(`subscriptionId=${bad}`)).toMatchObject([{ group: '', ended: { dead: 2 } }]);
  const [hourly] = await groups('bucket=1h');
  expect(hourly?.buckets?.reduce((sum, { attempts }) => sum + attempts.delivered, 0)).toBe(2);
  const { groups: inAll } = await admin.ok<{ groups: Group[] }>('GET', '/v1/stats?groupBy=tenant');
  expect(inAll.find(({ group }) => group === tenant.tenantId)).toMatchObject(all);

  // an empty period, and what a key does not see
  expect(await groups('from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')).toEqual([]);
  const other = await passwire().makeTenant();
  expect((await other.ok<{ groups: Group[] }>('GET', `/v1/stats?groupBy=subscription&ids=${good}`)).groups).toEqual([]);
  expect((await other.call('GET', `/v1/stats?tenantId=${tenant.tenantId}`)).status).toBe(404);
});

test('what waits is sampled, and retries ahead are counted', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { receiver, admin } = passwire();
  const { id: integrationId } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { retryDelaysMs: [3_600_000] },
  });
  const path = `/${tenant.tenantId}/hook`;
  receiver.answer(path, { status: 503 });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  await tenant.ok('POST', '/v1/events', {
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'p-1' },
  });
  const ahead = async () => (await tenant.ok<{ buckets: { count: number }[] }>('GET', '/v1/stats/retries-ahead')).buckets;
  await expect.poll(ahead, { timeout: 60_000 }).toMatchObject([{ count: 1 }]);
  const samples = async () => (await admin.ok<{ samples: object[] }>('GET', '/v1/stats/backlog')).samples;
  await expect.poll(async () => (await samples()).length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect((await samples())[0]).toMatchObject({ at: expect.stringMatching(/:00\.000Z$/), states: expect.any(Object) });
  expect((await tenant.call('GET', '/v1/stats/backlog')).status).toBe(403);
});
