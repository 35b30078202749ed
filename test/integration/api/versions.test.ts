import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

async function objects() {
  const tenant = await tenantWithAll(api());
  const { template, integration, subscription } = tenant.ids;
  return {
    tenant,
    changes: [
      { path: `/v1/templates/${template}`, patch: { name: 'New' }, call: tenant.call },
      { path: `/v1/integrations/${integration}`, patch: { limits: { maxInFlight: 3 } }, call: tenant.call },
      { path: `/v1/subscriptions/${subscription}`, patch: { mapping: { remove: ['pass-id'] } }, call: tenant.call },
      { path: `/v1/tenants/${tenant.id}`, patch: { name: 'New' }, call: api().admin },
    ],
  };
}

describe('an object with a version', () => {
  test('shows it as ETag, and a change raises it', async () => {
    for (const { path, patch, call } of (await objects()).changes) {
      const before = await call('GET', path);
      expect(before.headers.get('etag')).toBe(`"${before.body.version}"`);
      const after = await call('PATCH', path, patch);
      expect(after.body.version).toBe(Number(before.body.version) + 1);
      expect(after.headers.get('etag')).toBe(`"${after.body.version}"`);
      expect((await call('PATCH', path, patch)).body, 'a change that changes nothing').toEqual(after.body);
    }
  });

  test('shows it when it is made, and again in a repeated answer', async () => {
    const { call } = await api().tenant();
    const create = () => call('POST', '/v1/templates', { name: 'x' }, { 'idempotency-key': 'one' });
    const [first, again] = [await create(), await create()];
    expect(first.headers.get('etag')).toBe('"1"');
    expect(again.headers.get('etag')).toBe('"1"');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('is changed and deleted only in a version that If-Match names', async () => {
    for (const { path, patch, call } of (await objects()).changes) {
      const { headers } = await call('GET', path);
      const current = headers.get('etag') ?? '';
      const changed = await call('PATCH', path, patch, { 'if-match': `"999", ${current}` });
      expect(changed.status).toBe(200);
      const refusals: [string, string, object | undefined][] = [
        ['PATCH', current, { name: 'Other' }],
        ['PATCH', `W/${changed.headers.get('etag')}`, { name: 'Other' }],
        ['DELETE', current, undefined],
      ];
      for (const [method, tag, body] of refusals) {
        const sent = path.includes('subscriptions') && body ? { enabled: false } : body;
        const refused = await call(method, path, sent, { 'if-match': tag });
        expect(refused.status, refused.text).toBe(412);
        expect(refused.body.type).toBe('urn:passwire:problem:version-mismatch');
      }
      const malformed = await call('PATCH', path, patch, { 'if-match': '7' });
      expect(malformed.body.type).toBe('urn:passwire:problem:invalid-if-match');
      expect((await call('GET', path)).body).toEqual(changed.body);
      expect((await call('PATCH', path, patch, { 'if-match': '*' })).status).toBe(200);
    }
    for (const { path, call } of (await objects()).changes.reverse().slice(1)) {
      const { headers } = await call('GET', path);
      expect((await call('DELETE', path, undefined, { 'if-match': headers.get('etag') ?? '' })).status).toBe(204);
    }
  });

  test('gets another by what the system does', async () => {
    const { tenant } = await objects();
    const path = `/v1/subscriptions/${tenant.ids.subscription}`;
    const versionOf = async (of: string) => Number((await tenant.call('GET', of)).body.version);
    const before = await versionOf(path);
    // as processes of earlier versions do it, which know nothing of versions
    await api().sql.query("UPDATE subscriptions SET disabled = 'gone' WHERE id = $1", [tenant.ids.subscription?.slice(4)]);
    expect(await versionOf(path)).toBe(before + 1);
    await made(tenant.call('POST', `/v1/endpoints/${tenant.ids.endpoint}/enable`), 200);
    expect(await versionOf(path)).toBe(before + 2);
    const integration = `/v1/integrations/${tenant.ids.integration}`;
    const current = await versionOf(integration);
    const rotate = (tag: number) =>
      tenant.call('POST', `${integration}/rotate-secret`, { kind: 'webhook' }, { 'if-match': `"${tag}"` });
    expect((await rotate(current + 1)).status).toBe(412);
    expect((await made(rotate(current), 200)).version).toBe(current + 1);
    expect(await versionOf(integration)).toBe(current + 1);
  });
});

test('a field that was removed for privacy stays removed when another is renamed', async () => {
  const { tenant } = await objects();
  const path = `/v1/subscriptions/${tenant.ids.subscription}`;
  await made(tenant.call('PATCH', path, { mapping: { remove: ['first_name'] } }), 200);
  const { mapping } = await made(tenant.call('PATCH', path, { mapping: { rename: { 'pass-id': 'id' } } }), 200);
  expect(mapping).toEqual({ rename: { 'pass-id': 'id' }, remove: ['first_name'] });
  expect((await made(tenant.call('PATCH', path, { mapping: null }), 200)).mapping).toEqual({ rename: {}, remove: [] });
});
