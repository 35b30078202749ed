import { beforeAll, describe, expect, test } from 'vitest';
import { type Call, useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
const hook = 'http://127.0.0.1:9/hook';
let call: Call;

beforeAll(async () => {
  ({ call } = await api().tenant());
});

test('fields are drafted from a sample, and the draft can be created', async () => {
  const { key } = await api().tenant();
  const own = api().with(key);
  const sample = { templateId: 'pasted', pass: { id: 'p', type: 'coupon', fields: { points: 120, list: [] } } };
  const { warnings, ...draft } = await made(own('POST', '/v1/templates/infer', { sample }), 200);
  expect(warnings).toMatchObject([{ pointer: '/sample/pass/fields/list' }]);
  expect((await made(own('GET', '/v1/templates'), 200)).data).toEqual([]);
  expect(await made(own('POST', '/v1/templates', { name: 'Pasted', ...draft }))).toMatchObject(draft);
  const { status, body } = await own('POST', '/v1/templates/infer', { sample: { pass: 7 } });
  expect([status, body.errors]).toMatchObject([422, [{ pointer: '/sample/pass' }]]);
  const missing = await own('POST', '/v1/templates/infer', {});
  expect(missing.body.errors.map(({ pointer }) => pointer)).toEqual(['/sample']);
  const support = api().with((await api().makeKey('support')).key);
  expect((await support('POST', '/v1/templates/infer', { sample })).status).toBe(403);
});

describe('templates', () => {
  test('are made, changed member by member, paged through and deleted', async () => {
    const fields = [{ key: 'first_name', label: 'First name', area: 'backFields' }];
    const template = await made(
      call('POST', '/v1/templates', { name: 'A', externalId: 'a', fields, vendor: { vibes: { campaignToken: 't' } } }),
    );
    expect(template).toMatchObject({
      passType: 'generic',
      personalised: { expiry: true },
      fields: [{ type: 'text', personalised: true }],
    });
    const path = `/v1/templates/${template.id}`;
    expect((await call('PATCH', path, { name: 'B' })).body).toMatchObject({
      name: 'B',
      externalId: 'a',
      vendor: { vibes: {} },
    });
    expect((await call('PATCH', path, { externalId: null })).body).toMatchObject({ name: 'B', externalId: null });
    const others = await Promise.all(['1', '2', '3'].map((name) => made(call('POST', '/v1/templates', { name }))));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await call('GET', `/v1/templates?limit=2${cursor}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(seen)).toEqual(new Set([template, ...others].map(({ id }) => id)));
    expect(seen).toHaveLength(4);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
  });

  test('describe what a payload has', async () => {
    const { id } = await made(call('POST', '/v1/templates', { name: 'D', fields: [{ key: 'first_name', sample: 'Ann' }] }));
    const path = `/v1/templates/${id}/describe`;
    const flat = await call('GET', `${path}?dialect=walletthat&trigger=pass.installed`);
    expect(flat.body.fields).toContainEqual({
      name: 'first_name',
      path: '/first_name',
      type: 'string',
      sample: 'Ann',
      optional: true,
      open: false,
    });
    const options = { barcodeShape: 'current' };
    const integration = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'passentry', options }));
    const nested = await call('GET', `${path}?integrationId=${integration.id}&trigger=pass.installed`);
    expect(nested.text).toContain('/data/relationships/pass/data/id');
    for (const [query, pointer] of [
      ['trigger=pass.installed', '/dialect'],
      ['dialect=vibes', '/trigger'],
      ['dialect=vibes&trigger=pass.scanned', '/trigger'],
      [`dialect=vibes&trigger=pass.installed&integrationId=${integration.id}`, '/dialect'],
      ['trigger=pass.installed&integrationId=x', '/integrationId'],
    ]) {
      const { status, body } = await call('GET', `${path}?${query}`);
      expect([status, body.errors[0]?.pointer], query).toEqual([422, pointer]);
    }
  });

  test('an edit that makes a mapping collide is 409 and names the subscription', async () => {
    const { id } = await made(call('POST', '/v1/templates', { name: 'C', fields: [{ key: 'first_name' }] }));
    const integration = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'walletthat' }));
    const mapping = { rename: { first_name: 'name' } };
    const input = { integrationId: integration.id, templateId: id, trigger: 'pass.installed', url: hook, mapping };
    const subscription = await made(call('POST', '/v1/subscriptions', input));
    const { status, text } = await call('PATCH', `/v1/templates/${id}`, {
      fields: [{ key: 'first_name' }, { key: 'name' }],
    });
    expect(status).toBe(409);
    expect(text).toContain(subscription.id);
    expect((await call('GET', `/v1/templates/${id}`)).body.fields).toHaveLength(1);
  });
});
