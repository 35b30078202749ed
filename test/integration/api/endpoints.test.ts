import { describe, expect, test } from 'vitest';
import { OPERATIONAL_TRIGGERS } from '../../../src/domain/trigger.ts';
import { useApi } from './api.ts';
import { installed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

describe('endpoints', () => {
  test('are listed in pages, by integration and by state', async () => {
    const { call, ids } = await tenantWithAll(api());
    const names = { integrationId: ids.integration, trigger: 'pass.installed' };
    for (const name of ['b', 'c']) {
      await made(call('POST', '/v1/subscriptions', { ...names, url: `http://127.0.0.1:9/${name}`, enabled: name === 'c' }));
    }
    const first = await made(call('GET', '/v1/endpoints?limit=2'), 200);
    expect(first.data).toMatchObject([
      { url: 'http://127.0.0.1:9/c', state: 'active' },
      {
        url: 'http://127.0.0.1:9/b',
        state: 'disabled',
        subscriptions: { count: 1, disabled: 1, disabledReasons: ['requested'] },
      },
    ]);
    const second = await made(call('GET', `/v1/endpoints?limit=2&cursor=${first.nextCursor}`), 200);
    expect(second.data.map(({ id }) => id)).toEqual([ids.endpoint]);
    const { data: disabled } = await made(call('GET', '/v1/endpoints?state=disabled'), 200);
    expect(disabled.map(({ id }) => id)).toEqual([first.data[1]?.id]);
    const { data: ofIntegration } = await made(call('GET', `/v1/endpoints?integrationId=${ids.integration}`), 200);
    expect(ofIntegration).toHaveLength(3);
  });

  test('that were gone are enabled: their deliveries are released, subscriptions disabled by a person stay disabled', async () => {
    const { call, ids } = await tenantWithAll(api());
    const uuid = ids.endpoint?.slice(4);
    await api().sql.query(`UPDATE subscriptions SET disabled = 'gone' WHERE endpoint_id = $1`, [uuid]);
    await api().sql.query(`UPDATE endpoints SET failing_since = now() WHERE id = $1`, [uuid]);
    await api().sql.query(`UPDATE tenants SET config_version = config_version + 1`);
    const { url } = await made(call('GET', `/v1/endpoints/${ids.endpoint}`), 200);
    const other = { integrationId: ids.integration, trigger: 'pass.updated', url, enabled: false };
    const requested = await made(call('POST', '/v1/subscriptions', other));
    const event = await made(call('POST', '/v1/events', installed('pass-2')), 202);
    const states = async () => {
      const { data } = await made(call('GET', `/v1/deliveries?eventId=${event.id}`), 200);
      return data.map(({ state }) => state);
    };
    expect(await states()).toEqual(['held']);
    const enabled = await made(call('POST', `/v1/endpoints/${ids.endpoint}/enable`, {}), 200);
    expect(enabled).toMatchObject({ state: 'active', failingSince: null, subscriptions: { count: 2, disabled: 1 } });
    expect(await states()).toEqual([expect.stringMatching(/^(pending|parked)$/)]);
    expect((await made(call('GET', `/v1/subscriptions/${requested.id}`), 200)).disabledReason).toBe('requested');
  });
});

describe('operational events', () => {
  const url = 'http://127.0.0.1:9/operations';

  test.each(OPERATIONAL_TRIGGERS)('%s can be subscribed to in the standard dialect alone', async (trigger) => {
    const { call, ids } = await tenantWithAll(api());
    const standard = await made(call('POST', '/v1/integrations', { name: 'ours', dialect: 'standard' }));
    const subscription = await made(call('POST', '/v1/subscriptions', { integrationId: standard.id, trigger, url }));
    expect(subscription).toMatchObject({ trigger, event: trigger, templateId: null });
    await made(call('POST', `/v1/subscriptions/${subscription.id}/test`, {}), 202);

    const refused = await call('POST', '/v1/subscriptions', { integrationId: ids.integration, trigger, url });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      { pointer: '/trigger', detail: expect.stringContaining('is not a trigger of walletthat; it has pass.created') },
    ]);
  });

  test('have no template and contain their data', async () => {
    const { call, ids } = await tenantWithAll(api());
    const standard = await made(call('POST', '/v1/integrations', { name: 'ours', dialect: 'standard' }));
    const subscription = { integrationId: standard.id, trigger: 'delivery.dead', url };
    const mapping = { rename: { type: 'kind' }, remove: [] };
    const refused = await call('POST', '/v1/subscriptions', { ...subscription, templateId: ids.template, mapping });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual(['/templateId', '/mapping']);
  });

  test('are never posted', async () => {
    const { call } = await tenantWithAll(api());
    const refused = await call('POST', '/v1/events', { ...installed('pass-1'), type: 'endpoint.failing' });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/type', detail: expect.stringContaining('never posted') }]);
  });
});
