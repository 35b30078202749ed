import { expect, test } from 'vitest';
import { useApi } from './api.ts';
import { made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
const path = '/v1/endpoints/check';

test('says what is sent to the URL already, and whether a second subscription would be refused', async () => {
  const { call, ids } = await tenantWithAll(api());
  const url = 'http://127.0.0.1:9/x/../hook';
  const question = { url, integrationId: ids.integration, trigger: 'pass.installed', templateId: ids.template };
  expect(await made(call('POST', path, question), 200)).toMatchObject({
    url: 'http://127.0.0.1:9/hook',
    allowed: true,
    addresses: ['127.0.0.1'],
    connection: { kind: 'failed', failure: 'connect' },
    problems: [expect.stringMatching(/^The connection failed \(connect\): .*ECONNREFUSED/)],
    endpoints: [{ id: ids.endpoint, integrationId: ids.integration, state: 'active' }],
    subscriptions: [{ id: ids.subscription, integration: 'receiver', trigger: 'pass.installed', same: true }],
    text: expect.stringContaining(
      'You already send pass.installed here (receiver). A second subscription would be refused.',
    ),
  });
  const subscriptionsFor = async (more: object) =>
    (await made(call('POST', path, { ...question, ...more }), 200)).subscriptions;
  expect(await subscriptionsFor({ trigger: 'pass.created' })).toEqual([]);
  expect(await subscriptionsFor({ templateId: undefined })).toMatchObject([{ same: false }]);
  const other = await made(call('POST', '/v1/integrations', { name: 'other', dialect: 'walletthat' }));
  expect(await subscriptionsFor({ integrationId: other.id })).toMatchObject([{ same: false }]);
  expect((await made(call('POST', path, { url, dialect: 'vibes', trigger: 'pass.created' }), 200)).problems).toEqual([
    'Vibes has no webhook for pass.created.',
    expect.stringContaining('The connection failed'),
  ]);
});

test('what is refused says why, at 200: the question was answered', async () => {
  const { call } = await api().tenant();
  expect(await made(call('POST', path, { url: 'http://10.0.0.1/x' }), 200)).toMatchObject({
    allowed: false,
    connection: null,
    problems: ['The address 10.0.0.1 is not public.'],
    text: 'http://10.0.0.1/x: The address 10.0.0.1 is not public.',
  });
  expect(await made(call('POST', path, { url: 'no url' }), 200)).toMatchObject({
    allowed: false,
    problems: ['The URL is malformed.'],
  });
  expect((await call('POST', path, { url: '' })).status).toBe(422);
  expect((await call('POST', path, { url: 'x'.repeat(2049) })).status).toBe(422);
});

test('another tenant learns nothing, support may not ask', async () => {
  const { id, ids } = await tenantWithAll(api());
  const other = await api().tenant();
  const url = 'http://127.0.0.1:9/hook';
  expect(await made(other.call('POST', path, { url }), 200)).toMatchObject({ endpoints: [], subscriptions: [] });
  expect((await other.call('POST', path, { url, integrationId: ids.integration })).status).toBe(404);
  const support = api().with((await api().makeKey('support')).key);
  expect((await support('POST', `${path}?tenantId=${id}`, { url })).status).toBe(403);
});

test('a key may look 30 times a minute', async () => {
  const { call } = await api().tenant();
  const statuses: number[] = [];
  for (let count = 0; count < 31; count++) statuses.push((await call('POST', path, { url: 'http://10.0.0.1/' })).status);
  // more, if a minute ended meanwhile
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(30);
  const last = await call('POST', path, { url: 'http://10.0.0.1/' });
  if (statuses.includes(429))
    expect(last).toMatchObject({ status: 429, body: { detail: 'This key is limited to 30 such requests in 60 s.' } });
});
