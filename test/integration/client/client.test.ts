import { beforeAll, describe, expect, test } from 'vitest';
import { zDeliveryPage, zIntegration, zProblem } from '../../../client/generated/zod.ts';
import { type Client, codeOf, createClient, type Schemas } from '../../../client/index.ts';
import { useApi } from '../api/api.ts';

const api = useApi();
let client: Client;

beforeAll(async () => {
  const { key } = await api().tenant();
  client = createClient(api().origin, key);
});

describe('the client', () => {
  test('leads from a template to a delivery', async () => {
    const template = await made(client.POST('/v1/templates', { body: { name: 'Loyalty', externalId: 'loyalty' } }));
    const options = { companyKey: 'acme' };
    const integration: Schemas['Integration'] = await made(
      client.POST('/v1/integrations', { body: { name: 'CRM', dialect: 'vibes', options } }),
    );
    expect(zIntegration.parse(integration)).toMatchObject({ dialect: 'vibes', options });
    expect(integration.secrets[0]?.value).toMatch(/^whsec_/);
    const subscription = await made(
      client.POST('/v1/subscriptions', {
        body: {
          integrationId: integration.id,
          templateId: template.id,
          trigger: 'pass.installed',
          url: 'http://127.0.0.1:9/hook',
          options: { method: 'PUT' },
        },
      }),
    );
    if ('data' in subscription) throw new Error('one trigger makes one subscription');
    expect(subscription).toMatchObject({ event: 'wallet_item_install', options: { method: 'PUT' } });
    const event = await made(
      client.POST('/v1/events', {
        params: { header: { 'Idempotency-Key': 'install-1' } },
        body: {
          type: 'pass.installed',
          templateId: 'loyalty',
          occurredAt: '2026-01-15T12:00:00Z',
          pass: { id: 'pass-1' },
          device: { platform: 'apple' },
        },
      }),
    );
    expect(event.duplicate).toBe(false);
    const page = await made(client.GET('/v1/deliveries', { params: { query: { eventId: event.id } } }));
    expect(zDeliveryPage.parse(page).data).toMatchObject([{ subscriptionId: subscription.id, passId: 'pass-1' }]);
    const [delivery] = page.data;
    const path = { id: delivery?.id ?? '' };
    const { attempts } = await made(client.GET('/v1/deliveries/{id}', { params: { path } }));
    expect(attempts).toEqual([]);
  });

  test('gets problems with their types', async () => {
    const { data, error, response } = await client.POST('/v1/subscriptions', {
      body: { integrationId: 'int_unknown', trigger: 'pass.installed', url: 'https://example.com/hook' },
    });
    expect([data, response.status]).toEqual([undefined, 422]);
    if (!error) throw new Error('there is no problem');
    expect(codeOf(zProblem.parse(error))).toBe('invalid-input');
    expect(error.errors).toEqual([{ pointer: '/integrationId', detail: expect.any(String) }]);
    const wrongKey = await createClient(api().origin, 'pwk_unknown').GET('/v1/dialects');
    expect(wrongKey.error && codeOf(wrongKey.error)).toBe('unauthenticated');
  });

  test('describes every dialect to every role', async () => {
    const { key } = await api().makeKey('producer');
    const producer = createClient(api().origin, key);
    const { data } = await made(producer.GET('/v1/dialects'));
    expect(data.map(({ name }) => name)).toContain('vibes');
    const vibes = await made(producer.GET('/v1/dialects/{name}', { params: { path: { name: 'vibes' } } }));
    expect(vibes).toEqual(data.find(({ name }) => name === 'vibes'));
    const unknown = await producer.GET('/v1/dialects/{name}', { params: { path: { name: 'fax' as 'vibes' } } });
    expect(unknown.error && codeOf(unknown.error)).toBe('not-found');
  });
});

async function made<T>(answer: Promise<{ readonly data?: T; readonly error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}
