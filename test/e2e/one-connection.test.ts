import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

const passwire = usePasswire({ DATABASE_POOL: '1' });

test('an installation with one connection for each process delivers, disables and enables', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({});
  const policy = { retryDelaysMs: [50, 50, 50, 50, 50] };
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy });
  const path = `/${tenant.tenantId}/hook`;
  const operations = `/${tenant.tenantId}/operations`;
  const { receiver } = passwire();
  const id = await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  for (const trigger of ['endpoint.failing', 'endpoint.disabled', 'delivery.dead']) {
    await tenant.subscribe({ integrationId, trigger, url: receiver.url(operations) });
  }
  const emit = (pass: string) =>
    tenant.emit({ type: 'pass.created', templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id: pass } });
  const heard = (type: string) =>
    eventually(() => receiver.at(operations).some(({ text }) => JSON.parse(text).type === type), { what: type });

  receiver.answer(path, { status: 500 });
  await Promise.all(Array.from({ length: 20 }, (_, index) => emit(`pass-${index}`)));
  await heard('endpoint.failing');
  receiver.answer(path, { status: 410 });
  await heard('endpoint.disabled');
  await heard('delivery.dead');
  receiver.answer(path, { status: 200 });
  const { endpointId } = await tenant.ok<{ endpointId: string }>('GET', `/v1/subscriptions/${id}`);
  await tenant.ok('POST', `/v1/endpoints/${endpointId}/enable`, {});
  await emit('pass-last');
  await eventually(() => receiver.at(path).some(({ text }) => text.includes('pass-last')), { what: 'the last pass' });
  expect((await tenant.ok<{ state: string }>('GET', `/v1/subscriptions/${id}`)).state).toBe('enabled');
});
