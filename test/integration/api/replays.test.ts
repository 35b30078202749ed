import { beforeAll, expect, test } from 'vitest';
import type { Call } from './api.ts';
import { useApi } from './api.ts';

const api = useApi();
let call: Call;
let other: Call;

beforeAll(async () => {
  ({ call } = await api().tenant());
  ({ call: other } = await api().tenant());
});

const AFTER = { after: '2026-01-01T00:00:00Z' };

test.each([
  [{}, '/after'],
  [{ ...AFTER, states: ['pending'] }, '/states/0'],
  [{ ...AFTER, states: [] }, '/states'],
  [{ ...AFTER, mode: 'fresh', states: ['retrying'] }, '/states'],
  [{ ...AFTER, endpointId: 'sub_x' }, '/endpointId'],
  [{ deliveryIds: [] }, '/deliveryIds'],
  [{ deliveryIds: ['dlv_x'] }, '/deliveryIds/0'],
  [{ after: 'yesterday' }, '/after'],
])('a dry run of %j is refused at %s', async (body, pointer) => {
  expect(await call('POST', '/v1/replays/dry-run', body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
});

test('a filter that finds nothing says so before anything starts', async () => {
  const { body } = await call('POST', '/v1/replays/dry-run', AFTER);
  expect(body).toMatchObject({ count: 0, leftOut: 0, endpoints: [], confirmToken: null });
});

test.each(['nonsense', 'k1.', 'k1.AAAA', `unknown.${Buffer.alloc(64).toString('base64url')}`])(
  'the token %s starts nothing',
  async (confirmToken) => {
    expect(await call('POST', '/v1/replays', { confirmToken })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/confirmToken' }] },
    });
  },
);

test('a replay that does not exist, or is another tenant’s, is 404', async () => {
  const path = '/v1/replays/rpl_019bc1a3-0e00-7000-8000-000000000001';
  for (const [method, more, body] of [
    ['GET', '', undefined],
    ['GET', '/items', undefined],
    ['PATCH', '', { ratePerSecond: 1 }],
    ['POST', '/pause', {}],
    ['POST', '/resume', {}],
    ['POST', '/cancel', {}],
  ] as const) {
    expect((await other(method, `${path}${more}`, body)).status).toBe(404);
  }
});
