import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { templateNamed } from '../../../src/domain/tenant-config.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenIntegration,
  givenSubscription,
  givenTemplate,
  givenTenant,
  secret,
  storeTemplate,
  template,
  versionOf,
} from './samples.ts';

const db = useDatabase();

describe('the configuration of a tenant', () => {
  it('contains everything of the tenant, and nothing of another', async () => {
    const tenantId = await givenTenant(db());
    const of = await givenIntegration(db(), tenantId);
    const named = await givenTemplate(db(), tenantId);
    const nameless = { ...template(tenantId), externalId: undefined };
    await storeTemplate(db(), nameless);
    const subscription = await givenSubscription(db(), of, { templateId: named.id, disabled: 'failing' });
    const other = await givenTenant(db());
    await givenSubscription(db(), await givenIntegration(db(), other));

    const config = await createConfigSource(db()).load(tenantId);

    expect(config?.version).toBe(await versionOf(db(), tenantId));
    expect([...(config?.templates.values() ?? [])]).toEqual([named, nameless]);
    expect([...(config?.integrations.keys() ?? [])]).toEqual([of.id]);
    expect([...(config?.subscriptions.values() ?? [])]).toEqual([subscription]);
    expect([...(config?.endpoints.values() ?? [])]).toEqual([
      { id: subscription.endpointId, tenantId, integrationId: of.id, url: subscription.url },
    ]);
    expect(config?.secrets.get(of.id)).toHaveLength(1);
    expect(config && templateNamed(config, named.externalId ?? '')).toEqual(named);
    expect(config && templateNamed(config, nameless.id)).toEqual(nameless);
  });

  it('leaves out what is deleted or ended', async () => {
    const tenantId = await givenTenant(db());
    const [kept, gone] = [await givenIntegration(db(), tenantId), await givenIntegration(db(), tenantId)];
    const fresh = secret(kept);
    const integrations = createIntegrationStore(db());
    await integrations.rotate(tenantId, fresh, 0, () => {});
    await integrations.delete(tenantId, gone.id, 'system');
    const removed = await givenTemplate(db(), tenantId);
    await createTemplateStore(db()).delete(tenantId, removed.id, 'system');
    const ended = await givenSubscription(db(), kept);
    await createSubscriptionStore(db()).delete(tenantId, ended.id, 'system');

    const config = await createConfigSource(db()).load(tenantId);
    expect([...(config?.integrations.keys() ?? [])]).toEqual([kept.id]);
    expect([...(config?.secrets.keys() ?? [])]).toEqual([kept.id]);
    expect(config?.secrets.get(kept.id)?.map(({ id }) => id)).toEqual([fresh.id]);
    expect(config?.templates.size).toBe(0);
    expect(config?.templatesByExternalId.size).toBe(0);
    expect(config?.subscriptions.size).toBe(0);
  });

  it('is none when the tenant is deleted', async () => {
    const tenantId = await givenTenant(db());
    await createTenantStore(db()).delete(tenantId, 'system');
    const source = createConfigSource(db());
    expect(await source.load(tenantId)).toBeUndefined();
    const other = await givenTenant(db());
    expect(await source.existing([tenantId, other, newId('tenant', 0)])).toEqual(new Set([other]));
  });

  it('is of one moment: what is read belongs to the version', async () => {
    const tenantId = await givenTenant(db());
    const first = await versionOf(db(), tenantId);
    const source = createConfigSource(db());
    const changes = Array.from({ length: 20 }, () => givenTemplate(db(), tenantId));
    const loads = await Promise.all(Array.from({ length: 20 }, () => source.load(tenantId)));
    await Promise.all(changes);
    for (const config of loads) expect(config?.templates.size).toBe((config?.version ?? 0) - first);
  });
});
