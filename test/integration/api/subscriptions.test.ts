import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

/** No worker runs here: due deliveries are parked as soon as they are offered. */
const WAITING = /^(pending|parked)$/;

describe('subscriptions', () => {
  test('are made, disabled and enabled again, moved and deleted', async () => {
    const tenant = await tenantWithAll(api());
    const path = `/v1/subscriptions/${tenant.ids.subscription}`;
    const expected = {
      event: 'Pass Installed',
      state: 'enabled',
      disabledReason: null,
      knownFields: ['first_name'],
      warnings: [],
    };
    const { body: before } = await tenant.call('GET', path);
    expect(before).toMatchObject({
      ...expected,
      endpointId: expect.stringMatching(/^end_/),
      options: { changedOnly: true },
    });

    expect((await tenant.call('PATCH', path, { enabled: false })).body).toMatchObject({
      state: 'disabled',
      disabledReason: 'requested',
    });
    expect((await tenant.call('POST', `${path}/test`)).status).toBe(202);
    const event = await made(tenant.call('POST', '/v1/events', installed('pass-2')), 202);
    const state = async () => (await tenant.call('GET', `/v1/events/${event.id}`)).body.deliveries;
    expect(await state()).toMatchObject([{ state: 'held' }]);
    expect((await tenant.call('PATCH', path, { enabled: true })).body).toMatchObject({
      state: 'enabled',
      disabledReason: null,
    });
    expect(await state()).toMatchObject([{ state: expect.stringMatching(WAITING) }]);

    const moved = await tenant.call('PATCH', path, { url: 'http://127.0.0.1:9/other' });
    expect(moved.body).toMatchObject({ url: 'http://127.0.0.1:9/other' });
    expect(moved.body.endpointId).not.toBe(before.endpointId);
    const removal = await tenant.call('PATCH', path, { mapping: { remove: ['pass-id'] } });
    expect(removal.body.warnings).toMatchObject([{ pointer: '/mapping/remove/0' }]);
    expect((await tenant.call('GET', '/v1/subscriptions')).body.data[0]?.warnings).toHaveLength(1);
    expect((await tenant.call('DELETE', path)).status).toBe(204);
    expect((await tenant.call('GET', path)).status).toBe(404);
    expect(await state()).toMatchObject([{ state: 'cancelled' }]);
  });

  test('are ordered from the change on, for events accepted later', async () => {
    const tenant = await tenantWithAll(api());
    const path = `/v1/subscriptions/${tenant.ids.subscription}`;
    expect((await tenant.call('GET', path)).body).toMatchObject({ ordering: 'none' });
    expect((await tenant.call('PATCH', path, { ordering: 'strict' })).status).toBe(422);
    expect((await tenant.call('PATCH', path, { ordering: 'pass' })).body).toMatchObject({ ordering: 'pass' });
    const states = async (): Promise<unknown> => {
      const event = await made(tenant.call('POST', '/v1/events', installed('pass-in-order')), 202);
      return (await tenant.call('GET', `/v1/events/${event.id}`)).body.deliveries;
    };
    expect(await states()).toMatchObject([{ state: expect.stringMatching(WAITING) }]);
    expect(await states()).toMatchObject([{ state: 'blocked' }]);
    await tenant.call('PATCH', path, { ordering: 'none' });
    expect(await states()).toMatchObject([{ state: expect.stringMatching(WAITING) }]);
  });

  test('know the fields of their creation time; later ones are enabled explicitly', async () => {
    const tenant = await tenantWithAll(api());
    const path = `/v1/subscriptions/${tenant.ids.subscription}`;
    const fields = [{ key: 'first_name' }, { key: 'last_name' }];
    await made(tenant.call('PATCH', `/v1/templates/${tenant.ids.template}`, { fields }), 200);
    expect((await tenant.call('GET', path)).body.knownFields).toEqual(['first_name']);
    const on = await tenant.call('PATCH', path, { knownFields: ['first_name', 'last_name'] });
    expect(on.body.knownFields).toEqual(['first_name', 'last_name']);
    await made(tenant.call('PATCH', path, { knownFields: ['last_name'] }), 200);
    expect((await tenant.call('PATCH', path, { knownFields: null })).body.knownFields).toEqual(['first_name', 'last_name']);
  });

  test('are changed beside a stored rule whose field is gone from the template', async () => {
    const tenant = await tenantWithAll(api());
    const template = `/v1/templates/${tenant.ids.template}`;
    const path = `/v1/subscriptions/${tenant.ids.subscription}`;
    await made(tenant.call('PATCH', template, { fields: [{ key: 'first_name' }, { key: 'tier' }] }), 200);
    await made(tenant.call('PATCH', path, { knownFields: ['first_name', 'tier'], mapping: { remove: ['tier'] } }), 200);
    await made(tenant.call('PATCH', template, { fields: [{ key: 'first_name' }] }), 200);
    for (const patch of [{ mapping: { rename: { first_name: 'f' } } }, { options: {} }, { knownFields: ['first_name'] }]) {
      const changed = await made(tenant.call('PATCH', path, patch), 200);
      expect(changed.warnings).toMatchObject([{ pointer: '/mapping/remove/0' }]);
    }
    expect((await tenant.call('PATCH', path, { mapping: { remove: ['tier', 'rank'] } })).body.errors).toMatchObject([
      { pointer: '/mapping/remove/1' },
    ]);
  });

  test('are tested with a sample event for real', async () => {
    const tenant = await tenantWithAll(api());
    const { deliveryId } = await made(tenant.call('POST', `/v1/subscriptions/${tenant.ids.subscription}/test`), 202);
    const { body } = await tenant.call('GET', `/v1/deliveries/${deliveryId}`);
    expect(body).toMatchObject({ test: true, state: expect.stringMatching(WAITING), attempts: [], request: null });
  });

  test('are previewed; nothing is stored', async () => {
    const tenant = await tenantWithAll(api());
    const before = await api().stored();
    const input = { integrationId: tenant.ids.integration, templateId: tenant.ids.template, trigger: 'pass.installed' };
    const past = await tenant.call('POST', '/v1/subscriptions/preview', { ...input, eventId: tenant.ids.event });
    expect(past.body).toMatchObject({
      method: 'POST',
      contentType: 'application/json',
      body: '{"pass-id":"customer of pass-1","pass-template-id":"loyalty","first_name":"Ann"}',
      warnings: [],
    });
    const mapping = { rename: { first_name: 'name' }, remove: ['pass-id'] };
    const mapped = await tenant.call('POST', '/v1/subscriptions/preview', { ...input, mapping, event: installed('p') });
    expect(mapped.body).toMatchObject({
      body: '{"pass-template-id":"loyalty","name":"Ann"}',
      warnings: [{ pointer: '/mapping/remove/0' }],
    });
    expect(await api().stored()).toBe(before);
  });
});
