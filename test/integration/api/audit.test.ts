import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
const SECRET = 'header-value-that-is-secret';
let ours: TenantWithAll;
let theirs: TenantWithAll;

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
});

const entriesOf = async (target: string | undefined) =>
  (await made(ours.call('GET', `/v1/audit?target=${target}&limit=100`), 200)).data;

describe('the audit log', () => {
  test('has who changed what, with the members that differ', async () => {
    const { integration, subscription } = ours.ids;
    await made(
      ours.call('PATCH', `/v1/integrations/${integration}`, { name: 'renamed', headers: { 'x-key': SECRET } }),
      200,
    );
    await made(ours.call('PATCH', `/v1/subscriptions/${subscription}`, { url: 'http://127.0.0.1:9/other' }), 200);
    const [changed, ...earlier] = await entriesOf(integration);
    expect(changed).toMatchObject({
      action: 'integration.updated',
      tenantId: ours.id,
      actor: { role: 'tenant', name: 'tenant', id: expect.stringMatching(/^key_/) },
      before: { name: 'receiver' },
      after: { name: 'renamed', headers: '***' },
      requestId: expect.any(String),
    });
    expect(earlier).toMatchObject([{ action: 'integration.created', before: null }]);
    expect((await entriesOf(subscription))[0]).toMatchObject({
      before: { url: 'http://127.0.0.1:9/hook' },
      after: { url: 'http://127.0.0.1:9/other' },
    });
  });

  test('has no secret', async () => {
    const path = `/v1/integrations/${ours.ids.integration}/rotate-secret`;
    const { secrets } = await made(ours.call('POST', path, { kind: 'webhook' }), 200);
    expect((await entriesOf(ours.ids.integration))[0]).toMatchObject({ action: 'integration.secret-rotated' });
    const { rows } = await api().sql.query('SELECT a::text AS text FROM audit_entries a');
    const all = rows.map(({ text }) => text).join('\n');
    for (const text of [SECRET, ours.key, ...secrets.flatMap(({ value }) => value ?? [])]) expect(all).not.toContain(text);
  });

  test('has nothing of a change that is refused, or changes nothing', async () => {
    const before = await api().stored();
    const path = `/v1/subscriptions/${ours.ids.subscription}`;
    expect((await ours.call('PATCH', path, { url: 'http://127.0.0.1:9/third' }, { 'if-match': '"99"' })).status).toBe(412);
    expect((await ours.call('PATCH', path, {})).status).toBe(200);
    expect(await api().stored()).toBe(before);
  });

  test('shows a tenant its own entries, an admin all, and support none', async () => {
    expect(await entriesOf(theirs.ids.subscription)).toEqual([]);
    expect((await ours.call('GET', `/v1/audit?tenantId=${theirs.id}`)).status).toBe(404);
    expect((await made(api().admin('GET', `/v1/audit?target=${theirs.id}`), 200)).data).toMatchObject([
      { action: 'tenant.created', tenantId: null, actor: { id: 'configured-admin', name: 'ADMIN_KEY' } },
    ]);
    const { key } = await api().makeKey('support');
    expect((await api().with(key)('GET', '/v1/audit')).status).toBe(403);
  });

  test('is read in pages, newest first', async () => {
    const first = await made(ours.call('GET', '/v1/audit?limit=2'), 200);
    const second = await made(ours.call('GET', `/v1/audit?limit=2&cursor=${first.nextCursor}`), 200);
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toHaveLength(4);
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed());
  });
});
