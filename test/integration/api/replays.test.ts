import { beforeAll, expect, test } from 'vitest';
import type { Call } from './api.ts';
import { useApi } from './api.ts';
import { made, tenantWithAll } from './tenant-with-all.ts';

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

test('what is recovered needs a beginning, unless the endpoint has failed; a backfill too', async () => {
  const { call: own, ids } = await tenantWithAll(api());
  const recover = (body: object) => own('POST', `/v1/endpoints/${ids.endpoint}/recover`, body);
  expect(await recover({})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/since' }] } });
  expect(await recover({ since: '2026-01-01T00:00:00Z' })).toMatchObject({
    body: { count: 1, endpoints: [{ states: { dead: 1 } }] },
  });
  await api().sql.query(`UPDATE endpoints SET last_failed_since = now() - interval '1 hour' WHERE id = $1`, [
    ids.endpoint?.slice(4),
  ]);
  expect(await recover({})).toMatchObject({ status: 200, body: { count: 1, since: expect.any(String) } });
  const backfill = (body: object) => own('POST', `/v1/subscriptions/${ids.subscription}/backfill`, body);
  expect(await backfill({})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/after' }] } });
  expect(await backfill({ eventIds: ['dlv_1'] })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/eventIds/0' }] },
  });
  expect(await backfill({ eventIds: [ids.event] })).toMatchObject({ body: { count: 0, confirmToken: null } });
  const standard = await made(own('POST', '/v1/integrations', { name: 'operations', dialect: 'standard' }));
  const { id } = await made(
    own('POST', '/v1/subscriptions', {
      integrationId: standard.id,
      trigger: 'delivery.dead',
      url: 'http://127.0.0.1:9/operational',
    }),
  );
  expect(await own('POST', `/v1/subscriptions/${id}/backfill`, { after: '2026-01-01T00:00:00Z' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/id' }] },
  });
});
