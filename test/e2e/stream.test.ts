import { describe, expect, test } from 'vitest';
import { EventStream } from '../support/event-stream.ts';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();
const RETRIES = { retryDelaysMs: [200, 200] };

/** A tenant with a subscription to `path` of the receiver. */
async function givenSubscription(path: string) {
  const tenant = await passwire().makeTenant();
  await tenant.makeTemplate();
  const integration = await tenant.makeIntegration({ dialect: 'walletthat', policy: RETRIES });
  const url = passwire().receiver.url(path);
  await tenant.subscribe({ integrationId: integration.id, trigger: 'pass.updated', url });
  const { key } = await passwire().admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'watching',
    role: 'tenant',
    tenantId: tenant.tenantId,
  });
  const emit = (pass: string) =>
    tenant.emit({
      type: 'pass.updated',
      templateId: 'loyalty',
      occurredAt: '2026-01-01T00:00:00Z',
      pass: { id: pass },
      changes: { fields: {} },
    });
  return { tenant, key, emit };
}

describe('a stream', () => {
  test('has every attempt of a worker, and ends when the API stops', async () => {
    const { key, emit } = await givenSubscription('/unsure');
    passwire().receiver.answer('/unsure', { status: 503 }, { status: 200 });
    const api = await passwire().processes.startApi(passwire().env);
    const stream = await EventStream.ready(`${api.url}/v1/stream?topics=deliveries`, key);
    await emit('pass-1');
    const [created, failed, delivered] = await stream.next('delivery', 3);
    expect(created?.data).toMatchObject({ action: 'created', attempt: null });
    expect(failed?.data).toMatchObject({
      action: 'attempted',
      attempt: { number: 1, verdict: 'retryable', status: 503, reason: expect.stringContaining('503') },
    });
    expect(delivered?.data).toMatchObject({
      action: 'attempted',
      attempt: { number: 2, verdict: 'delivered', status: 200, reason: null, durationMs: expect.any(Number) },
      delivery: { state: 'succeeded', attemptCount: 2, lastStatus: 200 },
    });
    await api.stop();
    expect(api.output).not.toContain('shutdown deadline reached');
    const [end] = await stream.next('end');
    expect(end?.data).toEqual({ reason: 'shutdown' });
    // another process goes on where it ended
    await emit('pass-2');
    const resumed = await EventStream.ready(`${passwire().api.url}/v1/stream?topics=deliveries`, key, {
      lastEventId: stream.lastId,
    });
    const [first] = await resumed.next('delivery', 2);
    expect(first?.data).toMatchObject({ action: 'created', delivery: { passId: 'pass-2' } });
    resumed.close();
  });
});
