import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let ours: TenantWithAll;
let theirs: TenantWithAll;

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
});

const namesIn = async (path: string): Promise<string[]> =>
  (await made(ours.call('GET', path), 200)).data.map(({ name }) => String(name));

describe('lists by the beginning of a name', () => {
  test('find it in any case, and take what LIKE would read as a wildcard literally', async () => {
    for (const name of ['100% Gold', '100 silver', 'Straße_1']) {
      await made(ours.call('POST', '/v1/templates', { name }), 201);
      await made(ours.call('POST', '/v1/integrations', { name, dialect: 'standard' }), 201);
    }
    for (const list of ['templates', 'integrations']) {
      expect(await namesIn(`/v1/${list}?q=100%25`)).toEqual(['100% Gold']);
      expect(await namesIn(`/v1/${list}?q=100`)).toEqual(['100 silver', '100% Gold']);
      expect(await namesIn(`/v1/${list}?q=STRASSE`)).toEqual([]);
      expect(await namesIn(`/v1/${list}?q=STRaßE_`)).toEqual(['Straße_1']);
      expect(await namesIn(`/v1/${list}?q=gold`)).toEqual([]);
    }
  });

  test('are read in pages', async () => {
    for (const name of ['page one', 'page two', 'page three'])
      await made(ours.call('POST', '/v1/templates', { name }), 201);
    const first = await made(ours.call('GET', '/v1/templates?q=PAGE&limit=2'), 200);
    const second = await made(ours.call('GET', `/v1/templates?q=PAGE&limit=2&cursor=${first.nextCursor}`), 200);
    expect([...first.data, ...second.data].map(({ name }) => name)).toEqual(['page three', 'page two', 'page one']);
    expect(second.nextCursor).toBeNull();
  });

  test('are of tenants, too', async () => {
    const { id } = await made(api().admin('POST', '/v1/tenants', { name: 'Zürich Zoo' }), 201);
    expect((await made(api().admin('GET', '/v1/tenants?q=ZüR'), 200)).data).toMatchObject([{ id }]);
    const { key } = await api().makeKey('support', ours.id);
    expect((await made(api().with(key)('GET', '/v1/tenants?q=ZüR'), 200)).data).toEqual([]);
  });
});

const namesOf = async (list: string) =>
  (await made(ours.call('GET', `/v1/${list}?include=names`), 200)).names as Readonly<Record<string, string>>;

describe('names of ids', () => {
  test.each([
    ['subscriptions', ['integration', 'template', 'endpoint']],
    ['endpoints', ['integration']],
    ['deliveries', ['subscription', 'endpoint']],
    ['events', ['template']],
  ] as const)('come with a page of %s where they are asked for', async (list, kinds) => {
    const plain = await made(ours.call('GET', `/v1/${list}`), 200);
    expect(plain).not.toHaveProperty('names');
    expect(plain.data.length).toBeGreaterThan(0);
    const names = await namesOf(list);
    expect(names[ours.id]).toEqual(expect.any(String));
    for (const kind of kinds) expect(names[ours.ids[kind] ?? ''], kind).toEqual(expect.any(String));
    for (const id of Object.values(theirs.ids)) expect(names).not.toHaveProperty(String(id));
  });

  test('are those of today, also of what was deleted', async () => {
    const { subscription, integration } = ours.ids;
    await made(ours.call('PATCH', `/v1/integrations/${integration}`, { name: 'CRM' }), 200);
    expect((await ours.call('DELETE', `/v1/subscriptions/${subscription}`)).status).toBe(204);
    const names = await namesOf('deliveries');
    expect(names[subscription ?? '']).toBe('CRM');
  });
});
