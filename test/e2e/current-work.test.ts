import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();
const HOUR_MS = 3_600_000;

interface Work {
  readonly states: Readonly<Record<string, number>>;
  readonly parked: number | null;
  readonly deadLetters: number;
  readonly oldestDueMs: number;
  readonly acceptedPerSecond: number;
  readonly complete: boolean;
}

interface Item {
  readonly kind: string;
  readonly tenantId: string;
}

test('what is open now is counted, of one tenant and of all', async () => {
  const { receiver, admin, makeTenant } = passwire();
  const tenant = await makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs: [HOUR_MS] } });
  const make = (trigger: string, status: number) => {
    const path = `/${tenant.tenantId}/${trigger}`;
    receiver.answer(path, { status });
    return tenant.subscribe({ integrationId, templateId, trigger, url: receiver.url(path) });
  };
  await make('pass.created', 503);
  await make('pass.generated', 413);
  const emit = (type: string) =>
    tenant.emit({ type, templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'p-1' } });
  await emit('pass.created');
  await emit('pass.generated');
  const now = (client = tenant, query = '') => client.ok<Work>('GET', `/v1/stats/now${query}`);
  await expect
    .poll(() => now(), { timeout: 60_000 })
    .toMatchObject({ states: { retrying: 1 }, deadLetters: 1, oldestDueMs: 0, parked: null, complete: true });
  expect((await now()).acceptedPerSecond).toBeCloseTo(2 / 300, 4);
  expect(await admin.ok<Work>('GET', '/v1/stats/now')).toMatchObject({ parked: 0, deadLetters: expect.any(Number) });

  const other = await makeTenant();
  expect(await now(other)).toMatchObject({ states: {}, deadLetters: 0 });
  expect((await other.call('GET', `/v1/stats/now?tenantId=${tenant.tenantId}`)).status).toBe(404);
});

test('each kind of what needs attention is found, and nothing of another tenant', async () => {
  const { receiver, admin, makeTenant } = passwire();
  const tenant = await makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({
    name: 'CRM',
    dialect: 'passentry',
    options: { allowDeprecated: true },
  });
  const attention = async () => (await tenant.ok<{ data: Item[] }>('GET', '/v1/attention')).data;
  expect(await attention()).toEqual([]);
  const subscribe = (trigger: string, name: string) =>
    tenant.subscribe({ integrationId, templateId, trigger, url: receiver.url(`/${tenant.tenantId}/${name}`) });
  await subscribe('pass.tapped', 'shared');
  const switchedOff = await subscribe('pass.created', 'shared');
  const alone = await subscribe('pass.scanned', 'alone');
  for (const id of [switchedOff, alone]) await tenant.ok('PATCH', `/v1/subscriptions/${id}`, { enabled: false });
  await tenant.ok('POST', `/v1/integrations/${integrationId}/rotate-secret`, { kind: 'webhook', overlapHours: 1 });
  const items = await attention();
  expect(items.map(({ kind }) => kind)).toEqual([
    'endpoint-disabled',
    'subscription-disabled',
    'secret-expires',
    'deprecated-trigger',
  ]);
  expect(items[0]).toMatchObject({ url: receiver.url(`/${tenant.tenantId}/alone`), reason: 'requested', advice: null });
  expect(items[1]).toMatchObject({ subscriptionId: switchedOff, trigger: 'pass.created' });
  expect(items[2]).toMatchObject({ integrationName: 'CRM', at: expect.any(String), endpointId: null });
  expect(items[3]).toMatchObject({ trigger: 'pass.tapped', advice: expect.stringContaining('passScanned') });
  const { data: ofAll } = await admin.ok<{ data: Item[] }>('GET', '/v1/attention?limit=100');
  expect(ofAll.filter(({ tenantId }) => tenantId === tenant.tenantId)).toHaveLength(4);
  const other = await makeTenant();
  expect((await other.ok<{ data: Item[] }>('GET', '/v1/attention')).data).toEqual([]);
  expect((await other.call('GET', `/v1/attention?tenantId=${tenant.tenantId}`)).status).toBe(404);
});

test('a failing endpoint needs attention, with the time at which it is disabled', async () => {
  const { receiver, makeTenant } = passwire();
  const tenant = await makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({
    dialect: 'standard',
    policy: { retryDelaysMs: [100, HOUR_MS] },
  });
  const path = `/${tenant.tenantId}/failing`;
  receiver.answer(path, { status: 503 });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  for (let count = 0; count < 12; count++)
    await tenant.emit({
      type: 'pass.created',
      templateId: 'loyalty',
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: `p-${count}` },
    });
  await expect
    .poll(async () => (await tenant.ok<{ data: Item[] }>('GET', '/v1/attention')).data, { timeout: 60_000 })
    .toMatchObject([{ kind: 'endpoint-failing', url: receiver.url(path), disablesAt: expect.any(String) }]);
});
