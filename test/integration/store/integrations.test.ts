import { describe, expect, it } from 'vitest';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenDelivery,
  givenIntegration,
  givenSubscription,
  givenTenant,
  integration,
  saveIntegration,
  secret,
  statesOf,
  versionOf,
} from './samples.ts';

const db = useDatabase();
const HOUR_MS = 60 * 60 * 1000;
const unchecked = () => {};

describe('integrations', () => {
  it('are read as they were stored, headers sealed', async () => {
    const tenantId = await givenTenant(db());
    const made = integration(tenantId);
    const integrations = createIntegrationStore(db());
    await integrations.create(made, [], unchecked);
    const found = await integrations.find(tenantId, made.id);
    expect(found?.headers?.box).toEqual(Uint8Array.from(made.headers?.box ?? []));
    expect({ ...found, headers: undefined }).toEqual({ ...made, headers: undefined });
    expect(JSON.stringify(found?.options)).toBe(JSON.stringify(made.options));
  });

  it('are updated, headers taken away too, with a new version', async () => {
    const tenantId = await givenTenant(db());
    const made = await givenIntegration(db(), tenantId);
    const version = await versionOf(db(), tenantId);
    const integrations = createIntegrationStore(db());
    await saveIntegration(db(), { ...made, name: 'New', headers: undefined, policy: {} });
    expect(await integrations.find(tenantId, made.id)).toMatchObject({ name: 'New', headers: undefined, policy: {} });
    expect(await versionOf(db(), tenantId)).toBe(version + 1);
  });

  it('are invisible to another tenant', async () => {
    const tenantId = await givenTenant(db());
    const other = await givenTenant(db());
    const made = await givenIntegration(db(), tenantId);
    const integrations = createIntegrationStore(db());
    const [only] = await integrations.secrets(tenantId, made.id);
    expect(only).toBeDefined();
    expect(await integrations.find(other, made.id)).toBeUndefined();
    expect((await integrations.list(other, {}, { limit: 10, cursor: undefined })).data).toEqual([]);
    expect(await integrations.secrets(other, made.id)).toEqual([]);
    expect(await integrations.delete(other, made.id, 'system')).toBe(false);
    await expect(saveIntegration(db(), { ...made, tenantId: other })).rejects.toMatchObject({ kind: 'not_found' });
    await expect(integrations.rotate(other, secret(made), 0, unchecked)).rejects.toMatchObject({ kind: 'not_found' });
    if (only) expect(await integrations.revokeSecret(other, made.id, only.id)).toBe(false);
    expect(await integrations.secrets(tenantId, made.id)).toHaveLength(1);
  });

  it('delete their subscriptions with them', async () => {
    const tenantId = await givenTenant(db());
    const made = await givenIntegration(db(), tenantId);
    const subscription = await givenSubscription(db(), made);
    await givenDelivery(db(), subscription, 'delivering');
    const integrations = createIntegrationStore(db());
    expect(await integrations.delete(tenantId, made.id, 'key_1')).toBe(true);
    expect(await integrations.find(tenantId, made.id)).toBeUndefined();
    expect(await integrations.secrets(tenantId, made.id)).toEqual([]);
    expect(await createSubscriptionStore(db()).find(tenantId, subscription.id)).toBeUndefined();
    expect(await statesOf(db(), subscription.id)).toEqual(['cancelled']);
    expect(await integrations.delete(tenantId, made.id, 'key_1')).toBe(false);
  });
});

describe('secrets', () => {
  it('are read newest first, those that ended left out', async () => {
    const tenantId = await givenTenant(db());
    const made = integration(tenantId);
    const old = secret(made, { publicKey: 'whpk_x', kind: 'webhook-ed25519' });
    const fresh = secret(made);
    const ended = secret(made, { expiresAt: new Date(Date.now() - HOUR_MS) });
    const integrations = createIntegrationStore(db());
    await integrations.create(made, [old, fresh, ended], unchecked);
    const read = await integrations.secrets(tenantId, made.id);
    expect(read.map(({ id }) => id)).toEqual([fresh.id, old.id]);
    expect(read[1]).toMatchObject({ ...old, createdAt: expect.any(Date), sealed: { keyId: 'k1' } });
    expect(Buffer.from(read[1]?.sealed.box ?? [])).toEqual(old.sealed.box);
  });

  it('sign side by side for the overlap after a rotation, other kinds untouched', async () => {
    const tenantId = await givenTenant(db());
    const made = integration(tenantId);
    const [webhook, other] = [secret(made), secret(made, { kind: 'passentry' })];
    const integrations = createIntegrationStore(db());
    await integrations.create(made, [webhook, other], unchecked);
    const version = await versionOf(db(), tenantId);

    // made by a process whose clock is behind: it is the newest all the same
    const fresh = { ...secret(made), createdAt: new Date(Date.now() - HOUR_MS) };
    await integrations.rotate(tenantId, fresh, HOUR_MS, unchecked);

    expect(await versionOf(db(), tenantId)).toBe(version + 1);
    const read = await integrations.secrets(tenantId, made.id);
    expect(read.map(({ id }) => id)).toEqual([fresh.id, other.id, webhook.id]);
    const endsIn = (read[2]?.expiresAt?.getTime() ?? 0) - Date.now();
    expect(endsIn).toBeGreaterThan(HOUR_MS - 60_000);
    expect(endsIn).toBeLessThanOrEqual(HOUR_MS + 60_000);
    expect(read[0]?.expiresAt).toBeUndefined();
    expect(read[1]?.expiresAt).toBeUndefined();
  });

  it('never live longer by a second rotation, and end at once without an overlap', async () => {
    const tenantId = await givenTenant(db());
    const made = integration(tenantId);
    const integrations = createIntegrationStore(db());
    await integrations.create(made, [secret(made)], unchecked);
    const [second, third] = [secret(made), secret(made)];
    await integrations.rotate(tenantId, second, 1_000, unchecked);
    await integrations.rotate(tenantId, third, HOUR_MS, unchecked);
    const ends = (await integrations.secrets(tenantId, made.id)).map(({ expiresAt }) => expiresAt?.getTime() ?? 0);
    expect(ends[2]).toBeLessThan(Date.now() + 10_000);

    const last = secret(made);
    await integrations.rotate(tenantId, last, 0, unchecked);
    expect((await integrations.secrets(tenantId, made.id)).map(({ id }) => id)).toEqual([last.id]);
  });

  it('can be revoked once', async () => {
    const tenantId = await givenTenant(db());
    const made = integration(tenantId);
    const only = secret(made);
    const integrations = createIntegrationStore(db());
    await integrations.create(made, [only], unchecked);
    expect(await integrations.revokeSecret(tenantId, made.id, only.id)).toBe(true);
    expect(await integrations.revokeSecret(tenantId, made.id, only.id)).toBe(false);
    expect(await integrations.secrets(tenantId, made.id)).toEqual([]);
  });
});
