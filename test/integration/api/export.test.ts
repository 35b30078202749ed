import { createConnection } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/poll.ts';
import { useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
/** More than two pages of an export. */
const EVENTS = 230;
let ours: TenantWithAll;
let theirs: TenantWithAll;

beforeAll(async () => {
  ours = await tenantWithAll(api());
  theirs = await tenantWithAll(api());
  for (let from = 0; from < EVENTS; from += 100) {
    const events = Array.from({ length: Math.min(100, EVENTS - from) }, (_, n) => installed(`pass-of-${from + n}`));
    await made(ours.call('POST', '/v1/events/batch', { events }), 202);
  }
});

const exported = (path: string, key = ours.key) => api().raw(path, { headers: { authorization: `Bearer ${key}` } });

async function objectsOf(path: string): Promise<Record<string, unknown>[]> {
  const response = await exported(path);
  expect(response.status).toBe(200);
  const text = await response.text();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function listed(path: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { data, nextCursor } = await made(ours.call('GET', `${path}limit=100${cursor}`), 200);
    all.push(...(data as unknown as Record<string, unknown>[]));
    if (nextCursor === null) return all;
    cursor = `&cursor=${nextCursor}`;
  }
}

describe('an export', () => {
  test.each([
    'events',
    'deliveries',
    'dead-letters',
    'subscriptions',
    'endpoints',
    'integrations',
    'templates',
    'replays',
    'erasures',
  ])('of %s has all objects of the list, in its order', async (list) => {
    expect(await objectsOf(`/v1/${list}/export`)).toEqual(await listed(`/v1/${list}?`));
  });

  test('takes the filters of its list, and is one of one tenant', async () => {
    const dead = await objectsOf('/v1/deliveries/export?state=dead');
    expect(dead.map(({ id }) => id)).toEqual([ours.ids.delivery]);
    expect(await objectsOf('/v1/deliveries/export?url=localhost')).toEqual([]);
    const text = await (await exported('/v1/events/export')).text();
    for (const id of Object.values(theirs.ids)) expect(text).not.toContain(id);
    expect((await exported(`/v1/events/export?tenantId=${theirs.id}`)).status).toBe(404);
  });

  test('goes on after any object that has come', async () => {
    const all = await objectsOf('/v1/events/export');
    expect(all.length).toBeGreaterThan(2 * 100);
    for (const at of [0, 99, 100, all.length - 1]) {
      expect(await objectsOf(`/v1/events/export?cursor=${all[at]?.id}`)).toEqual(all.slice(at + 1));
    }
  });

  test('in CSV has a column for each member, and no formulas', async () => {
    await made(ours.call('POST', '/v1/templates', { name: '=HYPERLINK("https://evil.example","a, b")' }), 201);
    const response = await exported('/v1/templates/export?format=csv&q=%3D');
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="templates.csv"');
    const [head, row, ...rest] = (await response.text()).split('\n');
    expect(head?.split(',').slice(0, 3)).toEqual(['id', 'tenantId', 'name']);
    expect(row).toContain(`"'=HYPERLINK(""https://evil.example"",""a, b"")"`);
    expect(rest).toEqual(['']);
  });

  test('is refused before anything is written', async () => {
    const response = await exported('/v1/deliveries/export?format=xml&state=lost');
    expect(response.status).toBe(422);
    const text = await response.text();
    for (const pointer of ['/format', '/state']) expect(text).toContain(`"${pointer}"`);
    const { key } = await api().makeKey('producer', ours.id);
    expect((await exported('/v1/events/export', key)).status).toBe(403);
    expect((await exported('/v1/events/export?cursor=evt_1')).status).toBe(422);
  });

  test('waits for a client that does not read, and ends when it is gone', async () => {
    const { hostname, port } = new URL(api().origin);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.pause();
    socket.write(`GET /v1/events/export HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ours.key}\r\n\r\n`);
    await eventually(() => socket.bytesWritten > 0);
    // others are served meanwhile
    expect((await ours.call('GET', '/v1/events')).status).toBe(200);
    socket.destroy();
    expect((await objectsOf('/v1/events/export')).length).toBeGreaterThan(EVENTS);
  });
});
