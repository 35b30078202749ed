import { expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made } from './tenant-with-all.ts';

const MOST = 4;
const api = useApi({ env: { LIMIT_SUBSCRIPTIONS_PER_TRIGGER: String(MOST) } });

test('an event matches a limited number of subscriptions; more are refused when they are made, events never', async () => {
  const { call } = await api().tenant();
  const fields = [{ key: 'first_name' }];
  const { id: integrationId } = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'walletthat' }));
  const loyalty = await made(call('POST', '/v1/templates', { name: 'x', externalId: 'loyalty', fields }));
  const other = await made(call('POST', '/v1/templates', { name: 'y' }));
  let number = 0;
  const subscribe = (more: object) => {
    number++;
    const url = `http://127.0.0.1:9/${number}`;
    return call('POST', '/v1/subscriptions', { integrationId, trigger: 'pass.installed', url, ...more });
  };
  const refused = async (more: object, pointer = '/trigger') => {
    const { status, body, text } = await subscribe(more);
    expect(status, text).toBe(422);
    expect(body).toMatchObject({ type: 'urn:passwire:problem:subscriptions-limit', errors: [{ pointer }] });
  };
  await made(subscribe({ templateId: loyalty.id }));
  await made(subscribe({ templateId: loyalty.id, enabled: false }));
  await made(subscribe({ templateId: null }));
  const last = await made(subscribe({ templateId: loyalty.id }));
  await refused({ templateId: loyalty.id });
  await refused({ templateId: null });
  await refused(
    { templateId: loyalty.id, trigger: undefined, triggers: ['pass.created', 'pass.installed'] },
    '/triggers/1',
  );
  await made(subscribe({ templateId: other.id }));
  await made(subscribe({ templateId: loyalty.id, trigger: 'pass.created' }));

  // beyond the limit, as it was before there was one
  await api().sql.query(
    `INSERT INTO subscriptions (id, tenant_id, integration_id, endpoint_id, template_id, trigger, url, mapping, options, known_fields)
     SELECT gen_random_uuid(), tenant_id, integration_id, endpoint_id, template_id, trigger, url || number, mapping, options, known_fields
     FROM subscriptions, generate_series(1, 3) AS number WHERE id = $1`,
    [last.id.slice(4)],
  );
  await api().sql.query('UPDATE tenants SET config_version = config_version + 1');
  const shown = await call('PATCH', `/v1/subscriptions/${last.id}`, { ordering: 'pass' });
  expect(shown.status).toBe(200);
  expect(shown.body.warnings).toContainEqual({ pointer: '/trigger', detail: expect.stringContaining('7 subscriptions') });
  const event = await made(call('POST', '/v1/events', installed('pass-1')), 202);
  expect((await call('GET', `/v1/deliveries?eventId=${event.id}`)).body.data).toHaveLength(7);
  await refused({ templateId: loyalty.id });
  await made(call('DELETE', `/v1/subscriptions/${last.id}`), 204);
});
