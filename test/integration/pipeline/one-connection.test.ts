import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeSubscription } from '../../../src/admin/subscriptions.ts';
import { changeTemplate } from '../../../src/admin/templates.ts';
import { disableEndpoint, enableEndpoint } from '../../../src/pipeline/endpoint-switches.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import { EndpointWatch } from '../../../src/pipeline/watch-endpoints.ts';
import type { EndpointHealthStore } from '../../../src/ports/endpoint-health.ts';
import { createEndpointStore } from '../../../src/store/configuration/endpoints.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { bounds } from '../../support/configuration.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import { givenIntegration, givenSubscription, givenTemplate, givenTenant, statesOf } from '../store/samples.ts';

// With a single connection (DATABASE_POOL=1), code that needs another one during a transaction waits for itself.

let database: TestDatabase;
let db: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, poolSize: 1, connectTimeoutMs: 2000 });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

async function given() {
  const tenantId = await givenTenant(db);
  const of = await givenIntegration(db, tenantId);
  const template = await givenTemplate(db, tenantId);
  const subscription = await givenSubscription(db, of, { templateId: template.id, knownFields: ['points'] });
  const listener = { url: 'https://receiver.example/operations', mapping: { rename: {}, remove: [] } };
  const failing = await givenSubscription(db, of, { ...listener, trigger: 'endpoint.failing' });
  const disabled = await givenSubscription(db, of, { ...listener, trigger: 'endpoint.disabled' });
  const deps = {
    configs: new TenantConfigs(createConfigSource(db)),
    endpoints: createEndpointStore(db),
    integrations: createIntegrationStore(db),
    templates: createTemplateStore(db),
    subscriptions: createSubscriptionStore(db),
    endpointHealth: { async reset() {} } as unknown as EndpointHealthStore,
    urls: { check: async () => ({ kind: 'ok' }) as const },
    queue: { offer() {} },
    clock: Date.now,
    bounds,
    configSource: createConfigSource(db),
    disableAfterMs: 1000,
    log: {
      warn(_: object, text: string) {
        throw new Error(text);
      },
    } as never,
    telemetry: { endpointChanged() {}, endpointDisabled() {} },
  };
  return { tenantId, template, subscription, failing, disabled, deps };
}

test('changes of health are stored with their operational events', async () => {
  const { subscription, failing, deps } = await given();
  new EndpointWatch(deps).note([{ endpointId: subscription.endpointId, failingForMs: 1000 }]);
  expect(await eventually(async () => (await statesOf(db, failing.id))[0])).toBe('pending');
});

test('endpoints are disabled and enabled, and configuration changes', async () => {
  const { tenantId, template, subscription, disabled, deps } = await given();
  await Promise.all([
    disableEndpoint(deps, tenantId, subscription.endpointId, 'gone'),
    changeTemplate(deps, tenantId, template.id, {
      fields: [...template.fields, { key: 'x', type: 'text', personalised: true }],
    }),
    changeSubscription(deps, tenantId, subscription.id, { url: subscription.url, ordering: 'pass' }),
  ]);
  expect(await statesOf(db, disabled.id)).toEqual(['pending']);
  await enableEndpoint(deps, tenantId, subscription.endpointId);
  expect(await deps.subscriptions.find(tenantId, subscription.id)).toMatchObject({ disabled: undefined, ordering: 'pass' });
});
