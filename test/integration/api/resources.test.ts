import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';

const api = useApi();

describe('smoke', () => {
  test('all', async () => {
    const t = await api().tenant();
    const tpl = await t.call('POST', '/v1/templates', {
      name: 'Loyalty',
      externalId: 'loyalty',
      fields: [{ key: 'first_name' }],
    });
    console.log(tpl.text);
    const int = await t.call('POST', '/v1/integrations', { name: 'r', dialect: 'walletthat', headers: { 'X-Key': 'abc' } });
    console.log(int.text);
    const sub = await t.call('POST', '/v1/subscriptions', {
      integrationId: int.body.id,
      templateId: tpl.body.id,
      trigger: 'pass.installed',
      url: 'https://nowhere.invalid/x',
      mapping: { rename: { first_name: 'n' }, remove: ['pass-id'] },
    });
    console.log(sub.text);
    const ev = await t.call('POST', '/v1/events', {
      type: 'pass.installed',
      templateId: 'loyalty',
      occurredAt: '2026-01-01T00:00:00Z',
      pass: { id: 'p1', fields: { first_name: 'Ann' } },
      device: { platform: 'apple' },
    });
    console.log(ev.text);
    console.log((await t.call('GET', `/v1/events/${ev.body.id}`)).text);
    console.log((await t.call('GET', `/v1/deliveries`)).text);
    console.log((await t.call('GET', `/v1/subscriptions`)).text);
    console.log(
      (
        await t.call('POST', `/v1/subscriptions/preview`, {
          integrationId: int.body.id,
          templateId: tpl.body.id,
          trigger: 'pass.installed',
          eventId: ev.body.id,
        })
      ).text,
    );
    console.log((await t.call('POST', `/v1/subscriptions/${sub.body.id}/test`)).text);
    console.log(
      (await t.call('GET', `/v1/templates/${tpl.body.id}/describe?dialect=walletthat&trigger=pass.installed`)).text,
    );
    console.log((await t.call('PATCH', `/v1/integrations/${int.body.id}`, { headers: { 'X-Key': '***', Y: 'b' } })).text);
    console.log(
      (await t.call('POST', `/v1/subscriptions`, { integrationId: int.body.id, trigger: 'pass.instaled', ulr: 'x' })).text,
    );
    expect(1).toBe(1);
  });
});
