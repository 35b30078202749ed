import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
let call: Call;

beforeAll(async () => {
  ({ call } = await api().tenant());
});

const URL = 'http://127.0.0.1:9/hook';

async function integration(dialect = 'walletthat'): Promise<string> {
  const options = dialect === 'vibes' ? { companyKey: 'acme' } : {};
  return (await made(call('POST', '/v1/integrations', { name: 'receiver', dialect, options }))).id;
}

const subscribe = (integrationId: string, more: object = {}) =>
  call('POST', '/v1/subscriptions', { integrationId, trigger: 'pass.installed', url: URL, ...more });

function conflictWith({ status, body, text }: Answer, id: string, pointer = '/trigger'): void {
  expect(status, text).toBe(409);
  expect(body.type).toBe('urn:passwire:problem:already-subscribed');
  expect(body.errors).toMatchObject([{ pointer, detail: expect.stringContaining(id) }]);
}

describe('the same subscription twice', () => {
  test('is refused, naming the first one, however the URL is written, and also when one is disabled', async () => {
    const integrationId = await integration();
    const first = await made(subscribe(integrationId, { enabled: false }));
    const before = await api().stored();
    for (const url of [URL, ` ${URL}`, 'HTTP://127.0.0.1:9/x/../hook', 'http://127.1:9/hook']) {
      conflictWith(await subscribe(integrationId, { url, mapping: { remove: ['pass-id'] } }), first.id);
    }
    expect(await api().stored()).toBe(before);
  });

  test('is not one to another template, trigger, endpoint or integration, nor after a deletion', async () => {
    const integrationId = await integration();
    const first = await made(subscribe(integrationId));
    const { id: templateId } = await made(call('POST', '/v1/templates', { name: 'x' }));
    await made(subscribe(integrationId, { templateId }));
    await made(subscribe(integrationId, { trigger: 'pass.uninstalled' }));
    await made(subscribe(integrationId, { url: `${URL}/other` }));
    await made(subscribe(await integration()));
    await made(call('DELETE', `/v1/subscriptions/${first.id}`), 204);
    await made(subscribe(integrationId));
  });

  test('is one only while the windows overlap', async () => {
    const integrationId = await integration('vibes');
    const within = (startsAt?: string, endsAt?: string, more: object = {}) =>
      subscribe(integrationId, { options: { startsAt, endsAt, ...more } });
    const first = await made(within('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'));
    conflictWith(await within(undefined, '2026-01-01T00:00:01Z'), first.id);
    conflictWith(await within('2026-01-31T00:00:00Z', undefined, { method: 'PUT' }), first.id);
    conflictWith(await within(), first.id);
    const second = await made(within('2026-02-01T01:00:00+01:00'));
    await made(within(undefined, '2026-01-01T00:00:00Z'));
    const path = `/v1/subscriptions/${second.id}`;
    conflictWith(await call('PATCH', path, { options: { startsAt: null } }), first.id, '/options');
    await made(call('PATCH', path, { options: { startsAt: '2026-03-01T00:00:00Z', method: 'PUT' } }), 200);
  });

  test('is refused when a change of the URL would make it one', async () => {
    const integrationId = await integration();
    const first = await made(subscribe(integrationId));
    const path = `/v1/subscriptions/${(await made(subscribe(integrationId, { url: `${URL}/other` }))).id}`;
    conflictWith(await call('PATCH', path, { url: 'http://127.0.0.1:9/x/../hook' }), first.id, '/url');
    await made(call('PATCH', path, { url: 'HTTP://127.0.0.1:9/hook/other', mapping: { remove: ['pass-id'] } }), 200);
  });

  test('is made once by many at the same time', async () => {
    const integrationId = await integration();
    const answers = await Promise.all(Array.from({ length: 20 }, () => subscribe(integrationId)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  test('that exists already stays, works, can be changed, and carries a warning', async () => {
    const integrationId = await integration();
    const first = await made(subscribe(integrationId));
    const second = await made(subscribe(integrationId, { url: `${URL}/other` }));
    const [one, other] = [first.id.slice(4), second.id.slice(4)];
    await api().sql.query(
      'UPDATE subscriptions SET (url, endpoint_id) = (SELECT url, endpoint_id FROM subscriptions WHERE id = $1) WHERE id = $2',
      [one, other],
    );
    const warning = (id: string) => [{ pointer: '/url', detail: expect.stringContaining(id) }];
    expect((await call('GET', `/v1/subscriptions/${first.id}`)).body.warnings).toMatchObject(warning(second.id));
    const patch = { url: URL, enabled: false, ordering: 'pass' };
    const { body } = await call('PATCH', `/v1/subscriptions/${second.id}`, patch);
    expect(body).toMatchObject({ state: 'disabled', warnings: warning(first.id) });
  });
});

describe('several triggers', () => {
  const triggers = ['pass.created', 'pass.installed', 'pass.uninstalled'];
  const several = (integrationId: string, more: object = {}) =>
    subscribe(integrationId, { trigger: undefined, triggers, ...more });

  test('make a subscription each', async () => {
    const integrationId = await integration();
    const { data } = await made(several(integrationId, { mapping: { remove: ['pass-id'] } }));
    expect(data.map(({ trigger }) => trigger)).toEqual(triggers);
    expect(new Set(data.map(({ endpointId }) => endpointId)).size).toBe(1);
    expect((await call('GET', `/v1/subscriptions?integrationId=${integrationId}`)).body.data).toHaveLength(3);
    expect((await made(subscribe(integrationId, { trigger: undefined, triggers: ['pass.updated'] }))).data).toHaveLength(1);
  });

  test('make none when one is there, naming each first one', async () => {
    const integrationId = await integration();
    const installed = await made(subscribe(integrationId));
    const uninstalled = await made(subscribe(integrationId, { trigger: 'pass.uninstalled' }));
    const before = await api().stored();
    const { status, body } = await several(integrationId);
    expect(status).toBe(409);
    expect(body.errors).toMatchObject([
      { pointer: '/triggers/1', detail: expect.stringContaining(installed.id) },
      { pointer: '/triggers/2', detail: expect.stringContaining(uninstalled.id) },
    ]);
    expect(await api().stored()).toBe(before);
  });

  test.each<[string, object, string]>([
    ['beside a trigger', { trigger: 'pass.created' }, '/triggers'],
    ['nor a trigger', { triggers: undefined }, '/trigger'],
    ['none', { triggers: [] }, '/triggers'],
    ['one twice', { triggers: ['pass.created', 'pass.created'] }, '/triggers'],
    ['an unknown one', { triggers: ['pass.created', 'pass.instaled'] }, '/triggers/1'],
    ['one that the dialect lacks', { triggers: ['pass.created', 'pass.tapped', 'pass.scanned'] }, '/triggers/1'],
    ['a mapping that fits none', { mapping: { remove: ['pass-idd'] }, templateId: 'own' }, '/mapping/remove/0'],
  ])('%s: 422', async (_what, more, pointer) => {
    const integrationId = await integration();
    const own = await made(call('POST', '/v1/templates', { name: 'x' }));
    const before = await api().stored();
    const body = 'templateId' in more ? { ...more, templateId: own.id } : more;
    const { status, body: problem, text } = await several(integrationId, body);
    expect(status, text).toBe(422);
    expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
    expect(await api().stored()).toBe(before);
  });
});
