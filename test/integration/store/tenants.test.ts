import { describe, expect, it } from 'vitest';
import { newId, toUuid } from '../../../src/domain/id.ts';
import { createApiKeyStore } from '../../../src/store/configuration/api-keys.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenDelivery,
  givenIntegration,
  givenSubscription,
  givenTenant,
  statesOf,
  tenant,
  tick,
  versionOf,
} from './samples.ts';

const db = useDatabase();

describe('tenants', () => {
  it('are found and listed as they were created, newest first', async () => {
    const tenants = createTenantStore(db());
    const [first, second] = [tenant(), tenant()];
    await tenants.create(first);
    await tenants.create(second);
    expect(await tenants.find(first.id)).toEqual(first);
    expect((await tenants.list({}, { limit: 2, cursor: undefined })).data).toEqual([second, first]);
  });

  it('can be renamed', async () => {
    const tenants = createTenantStore(db());
    const id = await givenTenant(db());
    const rename = (to: string, of = id) => tenants.change(of, (current) => ({ ...current, name: to }));
    expect(await rename('Globex')).toMatchObject({ id, name: 'Globex', version: 2 });
    expect(await rename('Globex')).toMatchObject({ version: 2 });
    expect(await tenants.find(id)).toMatchObject({ name: 'Globex', version: 2 });
    await expect(rename('Nobody', newId('tenant', tick()))).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('delete their keys and configuration, and cancel open deliveries, when they are deleted', async () => {
    const tenants = createTenantStore(db());
    const keys = createApiKeyStore(db());
    const id = await givenTenant(db());
    const of = await givenIntegration(db(), id);
    const subscription = await givenSubscription(db(), of);
    await givenDelivery(db(), subscription, 'pending');
    await givenDelivery(db(), subscription, 'succeeded');
    const key = { id: newId('apiKey', tick()), name: 'k', role: 'tenant', tenantId: id, hint: 'pk_1' } as const;
    await keys.create({ ...key, createdAt: new Date(), revokedAt: undefined }, Buffer.from('hash'));
    const version = await versionOf(db(), id);

    expect(await tenants.delete(id, 'key_admin')).toBe(true);

    expect(await versionOf(db(), id)).toBe(version + 1);
    expect(await tenants.find(id)).toBeUndefined();
    expect((await tenants.list({}, { limit: 100, cursor: undefined })).data.map((one) => one.id)).not.toContain(id);
    expect(await keys.findByHash(Buffer.from('hash'))).toBeUndefined();
    expect(await createIntegrationStore(db()).find(id, of.id)).toBeUndefined();
    expect(await createSubscriptionStore(db()).find(id, subscription.id)).toBeUndefined();
    expect(await statesOf(db(), subscription.id)).toEqual(['cancelled', 'succeeded']);
    expect(await tenants.delete(id, 'key_admin')).toBe(false);
    await expect(tenants.change(id, (current) => current)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('record why and by whom their deliveries were cancelled', async () => {
    const id = await givenTenant(db());
    const subscription = await givenSubscription(db(), await givenIntegration(db(), id));
    const delivery = await givenDelivery(db(), subscription, 'held');
    await createTenantStore(db()).delete(id, 'key_admin');
    expect(await db().delivery.findUnique({ where: { id: toUuid(delivery) } })).toMatchObject({
      endedReason: 'tenant deleted',
      endedBy: 'key_admin',
      endedAt: expect.any(Date),
    });
  });
});
