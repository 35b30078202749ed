import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi({
  env: {
    LIMIT_SUBSCRIPTIONS: '4',
    LIMIT_INTEGRATIONS: '2',
    LIMIT_TEMPLATES: '3',
    LIMIT_FIELDS: '5',
    LIMIT_MAPPING_RULES: '6',
    LIMIT_CONFIGURATION_BYTES: '4000',
    LIMIT_SECRETS: '3',
  },
});
let call: Call;

beforeEach(async () => {
  ({ call } = await api().tenant());
});

const fieldsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `field_${index}` }));
const createTemplate = (more: object = {}) => call('POST', '/v1/templates', { name: 'x', ...more });
const createIntegration = () => call('POST', '/v1/integrations', { name: 'x', dialect: 'walletthat' });

let number = 0;
async function subscriber() {
  const { id: templateId } = await made(createTemplate({ fields: fieldsOf(4) }));
  const { id: integrationId } = await made(createIntegration());
  return (more: object = {}) => {
    number++;
    const url = `http://127.0.0.1:9/${number}`;
    return call('POST', '/v1/subscriptions', { integrationId, templateId, trigger: 'pass.installed', url, ...more });
  };
}

async function refused(answer: Promise<Answer>, words: string, pointer = ''): Promise<void> {
  const { status, body, text } = await answer;
  expect(status, text).toBe(422);
  expect(body.type).toBe('urn:passwire:problem:tenant-limit');
  expect(body.errors).toEqual([{ pointer, detail: expect.stringContaining(words) }]);
}

describe('a tenant has at most so many', () => {
  test('integrations', async () => {
    const first = await made(createIntegration());
    await made(createIntegration());
    await refused(createIntegration(), 'would bring the tenant to 3 integrations');
    await made(call('DELETE', `/v1/integrations/${first.id}`), 204);
    await made(createIntegration());
  });

  test('templates, also when they are made at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => createTemplate()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    await refused(createTemplate(), 'would bring the tenant to 4 templates');
  });

  test('fields in all templates', async () => {
    await made(createTemplate({ fields: fieldsOf(3) }));
    const { id } = await made(createTemplate({ fields: fieldsOf(2) }));
    await refused(createTemplate({ fields: fieldsOf(1) }), 'would bring the tenant to 6 fields');
    await refused(
      call('PATCH', `/v1/templates/${id}`, { fields: fieldsOf(3) }),
      'would bring the tenant to 6 fields',
      '/fields',
    );
    await made(call('PATCH', `/v1/templates/${id}`, { fields: fieldsOf(2).reverse() }), 200);
  });

  test('subscriptions, those of several triggers together', async () => {
    const subscribe = await subscriber();
    await made(subscribe());
    const triggers = ['pass.created', 'pass.installed', 'pass.updated', 'pass.uninstalled'];
    await refused(subscribe({ trigger: undefined, triggers }), 'would bring the tenant to 5 subscriptions');
    await made(subscribe({ trigger: undefined, triggers: triggers.slice(1) }));
    await refused(subscribe(), 'would bring the tenant to 5 subscriptions');
  });

  test('renamed and removed fields', async () => {
    const subscribe = await subscriber();
    const four = { rename: { field_0: 'a', field_1: 'b' }, remove: ['field_2', 'field_3'] };
    await made(subscribe({ mapping: four }));
    await refused(subscribe({ mapping: four }), 'would bring the tenant to 8 renamed and removed fields');
    const { id } = await made(subscribe({ mapping: { rename: {}, remove: ['field_2', 'field_3'] } }));
    const path = `/v1/subscriptions/${id}`;
    await refused(
      call('PATCH', path, { mapping: { rename: four.rename } }),
      'would bring the tenant to 8 renamed',
      '/mapping',
    );
    await made(call('PATCH', path, { mapping: { rename: four.rename, remove: [] } }), 200);
    await made(call('PATCH', path, { mapping: null }), 200);
  });

  test('bytes of templates and mappings', async () => {
    const sample = 'x'.repeat(1780);
    const field = (key: string) => [{ key, sample }];
    const { id } = await made(createTemplate({ fields: field('a') }));
    await made(createTemplate({ fields: field('b') }));
    await refused(createTemplate({ fields: field('c') }), 'bytes of templates and mappings');
    const path = `/v1/templates/${id}`;
    const vendor = { passcreator: { guid: 'x'.repeat(250) } };
    await refused(call('PATCH', path, { vendor }), 'bytes of templates and mappings');
    await refused(
      call('PATCH', path, { fields: [{ key: 'a', sample: `${sample}${'x'.repeat(215)}` }] }),
      'bytes of templates',
    );
    await made(call('PATCH', path, { fields: [{ key: 'a', sample: 'short' }] }), 200);
    await made(call('PATCH', path, { vendor: { passcreator: { guid: 'x' } } }), 200);
    await made(createTemplate({ fields: field('c') }));
  });

  test('secrets that sign at the same time', async () => {
    const { id } = await made(createIntegration());
    const rotate = (overlapHours: number) =>
      call('POST', `/v1/integrations/${id}/rotate-secret`, { kind: 'webhook', overlapHours });
    await made(rotate(1), 200);
    await made(rotate(1), 200);
    await refused(rotate(1), 'would leave 4 secrets signing', '/overlapHours');
    expect((await made(rotate(0), 200)).secrets).toHaveLength(1);
  });
});

test('what exists beyond the limits goes on: it can be read, changed and deleted, and takes events', async () => {
  const subscribe = await subscriber();
  const { id } = await made(subscribe({ mapping: { remove: ['field_0'] } }));
  await api().sql.query(
    `INSERT INTO subscriptions (id, tenant_id, integration_id, endpoint_id, template_id, trigger, url, mapping, options, known_fields)
     SELECT gen_random_uuid(), tenant_id, integration_id, endpoint_id, template_id, 'pass.created', url || number, mapping, options,
       known_fields
     FROM subscriptions, generate_series(1, 10) AS number WHERE id = $1`,
    [id.slice(4)],
  );
  await api().sql.query('UPDATE tenants SET config_version = config_version + 1');
  const { data } = await made(call('GET', '/v1/subscriptions'), 200);
  expect(data).toHaveLength(11);
  const path = `/v1/subscriptions/${id}`;
  await made(call('PATCH', path, { enabled: false, mapping: { remove: ['field_1'] } }), 200);
  await refused(
    call('PATCH', path, { mapping: { remove: ['field_0', 'field_1'] } }),
    'would bring the tenant to 12 renamed',
    '/mapping',
  );
  const templateId = String(data[0]?.templateId);
  const event = { type: 'pass.created', templateId, occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
  const { id: eventId } = await made(call('POST', '/v1/events', event), 202);
  expect((await call('GET', `/v1/deliveries?eventId=${eventId}`)).body.data).toHaveLength(10);
  await made(call('DELETE', path), 204);
});
