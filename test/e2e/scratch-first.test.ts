import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire({ LOG_LEVEL: 'debug' });
test('first', async () => {
  const t0 = Date.now();
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ fields: [{ key: 'points' }] });
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard' });
  const url = passwire().receiver.url('/h');
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url });
  console.log('setup', Date.now() - t0);
  for (let i = 1; i <= 4; i++) {
    const t = Date.now();
    await tenant.emit({
      type: 'pass.created',
      templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: `p${i}`, fields: {} },
    });
    const t2 = Date.now();
    const got = await passwire().receiver.waitFor('/h', i);
    console.log(i, 'emit', t2 - t, 'delivered', (got[i - 1]?.atMs ?? 0) - t);
  }
  console.log(passwire().worker.output, passwire().api.output);
  expect(1).toBe(1);
});
