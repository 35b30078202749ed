import { describe, expect, it } from 'vitest';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { useDatabase } from '../../support/database.ts';
import {
  givenDelivery,
  givenIntegration,
  givenSubscription,
  givenTemplate,
  givenTenant,
  saveTemplate,
  statesOf,
  storeTemplate,
  template,
  versionOf,
} from './samples.ts';

const db = useDatabase();

describe('templates', () => {
  it('are read as they were stored, in the order of their names', async () => {
    const tenantId = await givenTenant(db());
    const made = template(tenantId);
    const templates = createTemplateStore(db());
    expect(await storeTemplate(db(), made)).toEqual(made);
    const found = await templates.find(tenantId, made.id);
    expect(found).toEqual(made);
    expect(JSON.stringify(found?.fields)).toBe(JSON.stringify(made.fields));
  });

  it('raise the version with every change', async () => {
    const tenantId = await givenTenant(db());
    const templates = createTemplateStore(db());
    const made = template(tenantId);
    await storeTemplate(db(), made);
    await saveTemplate(db(), { ...made, name: 'Renamed', externalId: undefined });
    expect(await templates.find(tenantId, made.id)).toMatchObject({ name: 'Renamed', externalId: undefined });
    await templates.delete(tenantId, made.id, 'system');
    expect(await versionOf(db(), tenantId)).toBe(4);
  });

  it('cannot share an externalId within a tenant; a refused change changes nothing', async () => {
    const tenantId = await givenTenant(db());
    const templates = createTemplateStore(db());
    const first = template(tenantId, 'campaign-1');
    const second = template(tenantId, 'campaign-2');
    await storeTemplate(db(), first);
    await storeTemplate(db(), second);
    const version = await versionOf(db(), tenantId);

    expect(await storeTemplate(db(), template(tenantId, 'campaign-1'))).toBeUndefined();
    expect(await saveTemplate(db(), { ...second, name: 'New', externalId: 'campaign-1' })).toBeUndefined();
    expect(await templates.find(tenantId, second.id)).toEqual(second);
    expect(await versionOf(db(), tenantId)).toBe(version);

    await templates.delete(tenantId, first.id, 'system');
    expect(await storeTemplate(db(), template(tenantId, 'campaign-1'))).toBeDefined();
    expect(await storeTemplate(db(), template(await givenTenant(db()), 'campaign-1'))).toBeDefined();
  });

  it('are invisible to another tenant', async () => {
    const tenantId = await givenTenant(db());
    const other = await givenTenant(db());
    const made = await givenTemplate(db(), tenantId);
    const templates = createTemplateStore(db());
    expect(await templates.find(other, made.id)).toBeUndefined();
    expect((await templates.list(other, {}, { limit: 10, cursor: undefined })).data).toEqual([]);
    await expect(saveTemplate(db(), { ...made, tenantId: other })).rejects.toMatchObject({ kind: 'not_found' });
    expect(await templates.delete(other, made.id, 'system')).toBe(false);
    expect(await templates.find(tenantId, made.id)).toEqual(made);
  });

  it('delete their subscriptions with them, and no others', async () => {
    const tenantId = await givenTenant(db());
    const of = await givenIntegration(db(), tenantId);
    const made = await givenTemplate(db(), tenantId);
    const theirs = await givenSubscription(db(), of, { templateId: made.id });
    const ofAll = await givenSubscription(db(), of);
    await givenDelivery(db(), theirs, 'retrying');
    await givenDelivery(db(), ofAll, 'retrying');

    expect(await createTemplateStore(db()).delete(tenantId, made.id, 'key_1')).toBe(true);

    const subscriptions = createSubscriptionStore(db());
    expect(await subscriptions.find(tenantId, theirs.id)).toBeUndefined();
    expect(await subscriptions.find(tenantId, ofAll.id)).toEqual(ofAll);
    expect(await statesOf(db(), theirs.id)).toEqual(['cancelled']);
    expect(await statesOf(db(), ofAll.id)).toEqual(['retrying']);
    expect(await createTemplateStore(db()).delete(tenantId, made.id, 'key_1')).toBe(false);
  });

  it('cannot be made for a tenant that is deleted', async () => {
    const tenantId = await givenTenant(db());
    await createTenantStore(db()).delete(tenantId, 'system');
    await expect(storeTemplate(db(), template(tenantId))).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('pages', () => {
  it('show every row once, newest first, while rows are added', async () => {
    const tenantId = await givenTenant(db());
    const made = [];
    for (let index = 0; index < 5; index++) made.unshift((await givenTemplate(db(), tenantId)).id);
    const templates = createTemplateStore(db());
    const seen = [];
    let cursor: string | undefined;
    do {
      const page = await templates.list(tenantId, {}, { limit: 2, cursor });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
      await givenTemplate(db(), tenantId);
    } while (cursor);
    expect(seen).toEqual(made);
  });

  it('end without a cursor when the last is full', async () => {
    const tenantId = await givenTenant(db());
    await givenTemplate(db(), tenantId);
    const page = await createTemplateStore(db()).list(tenantId, {}, { limit: 1, cursor: undefined });
    expect(page).toMatchObject({ data: [{}], nextCursor: undefined });
  });

  it.each(['', 'x', '!!!', 'AAAA', `${'A'.repeat(22)}==`, "' OR 1=1 --"])('refuse the cursor %j', async (cursor) => {
    const listed = createTemplateStore(db()).list(await givenTenant(db()), {}, { limit: 1, cursor });
    await expect(listed).rejects.toMatchObject({ kind: 'invalid', fields: [{ pointer: '/cursor' }] });
  });
});
