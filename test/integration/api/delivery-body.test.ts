import { expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
const KIB = 1024;

async function download(key: string, delivery: string | undefined) {
  return api().raw(`/v1/deliveries/${delivery}/body`, { headers: { authorization: `Bearer ${key}` } });
}

test('a long body is cut in JSON, between characters, and downloaded whole, as it was sent', async () => {
  const { key, call, ids } = await tenantWithAll(api());
  const body = JSON.stringify({ text: `x${'\u{1F680}'.repeat(70 * KIB)}` });
  const uuid = ids.delivery?.slice(4);
  await api().sql.query('UPDATE deliveries SET body = $2 WHERE id = $1', [uuid, body]);
  const headers = { 'content-type': 'text/json' };
  const request = { method: 'POST', url: 'http://127.0.0.1:9/hook', headers };
  await api().sql.query('UPDATE attempts SET request = $2 WHERE delivery_id = $1', [uuid, JSON.stringify(request)]);

  const shown = (await call('GET', `/v1/deliveries/${ids.delivery}`)).body;
  const cut = (shown.request as unknown as { body: string; bodyTruncated: boolean }) ?? {};
  expect(shown.bodyBytes).toBe(Buffer.byteLength(body));
  expect(cut.bodyTruncated).toBe(true);
  expect(Buffer.byteLength(cut.body)).toBeLessThanOrEqual(256 * KIB);
  expect(Buffer.byteLength(cut.body)).toBeGreaterThan(256 * KIB - 4);
  expect(body.startsWith(cut.body)).toBe(true);

  const response = await download(key, ids.delivery);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': expect.stringContaining('text/json'),
    'content-disposition': `attachment; filename="${ids.delivery}.json"`,
    'x-content-type-options': 'nosniff',
  });
  expect(await response.text()).toBe(body);
});

test('a short body is shown whole; one that is not built yet is not found, and neither is that of another tenant', async () => {
  const { key, call, ids } = await tenantWithAll(api());
  expect((await call('GET', `/v1/deliveries/${ids.delivery}`)).body).toMatchObject({
    bodyBytes: 20,
    request: { body: '{"pass-id":"pass-1"}', bodyTruncated: false },
  });
  const event = await made(call('POST', '/v1/events', installed('pass-2')), 202);
  const { data } = await made(call('GET', `/v1/deliveries?eventId=${event.id}`), 200);
  const open = await download(key, data[0]?.id);
  expect([open.status, await open.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining('no attempt has built') },
  ]);
  const other = await api().tenant();
  expect((await download(other.key, ids.delivery)).status).toBe(404);
  expect((await made(call('GET', `/v1/deliveries/${data[0]?.id}`), 200)).bodyBytes).toBeNull();
});

test('support sees what its role may do; a tenant reads "support" instead of the names of its keys', async () => {
  const { id, call, ids } = await tenantWithAll(api());
  const support = api().with((await api().makeKey('support')).key);
  const path = `/v1/deliveries/${ids.delivery}`;
  const namesOf = async (with_: typeof call, query = '') =>
    ((await made(with_('GET', `${path}${query}`), 200)).actions as unknown as { name: string }[]).map(({ name }) => name);
  expect(await namesOf(call)).toEqual(['retry', 'replay_same', 'replay_fresh', 'cancel', 'discard']);
  await made(call('PATCH', `/v1/subscriptions/${ids.subscription}`, { enabled: false }), 200);
  expect(await namesOf(call)).toContain('enable_subscription');
  expect(await namesOf(support, `?tenantId=${id}`)).not.toContain('enable_subscription');

  await made(support('POST', `${path}/replay?tenantId=${id}`, {}), 202);
  const textFor = async (with_: typeof call, query = '') => {
    const { timeline } = (await made(with_('GET', `${path}${query}`), 200)) as unknown as {
      timeline: { kind: string; text: string }[];
    };
    return timeline.find(({ kind }) => kind === 'replayed')?.text;
  };
  expect(await textFor(call)).toBe('replayed by support');
  expect(await textFor(support, `?tenantId=${id}`)).toBe('replayed by the key "support"');
});
