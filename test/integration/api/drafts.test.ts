import { beforeAll, expect, test } from 'vitest';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { type Call, useApi } from './api.ts';
import { installed, made } from './tenant-with-all.ts';

// Preview and describe for what is not saved yet, and tests of an event that the caller chooses.

const api = useApi();
const template = {
  name: 'Loyalty',
  externalId: 'loyalty',
  fields: [
    { key: 'first_name', label: 'First name', sample: 'Ann', area: 'secondaryFields' },
    { key: 'points', type: 'number', sample: 7, area: 'primaryFields' },
  ],
};
let call: Call;
let templateId: string;

beforeAll(async () => {
  ({ call } = await api().tenant());
  ({ id: templateId } = await made(call('POST', '/v1/templates', template)));
});

const preview = (input: object) => call('POST', '/v1/subscriptions/preview', { trigger: 'pass.installed', ...input });
const describe = (input: object) => call('POST', '/v1/templates/describe', { trigger: 'pass.installed', ...input });
const pointers = ({ body }: Awaited<ReturnType<Call>>) => body.errors.map(({ pointer }) => pointer);

test.each(Object.values(DIALECTS))(
  '$name: a draft has the fields of what is saved, and its signatures are blanked',
  async ({ name: dialect, sampleOptions: options = {} }) => {
    const { id: integrationId } = await made(call('POST', '/v1/integrations', { name: dialect, dialect, options }));
    const draft = { integration: { dialect, options } };
    const saved = await made(describe({ integrationId, templateId }), 200);
    expect(await made(describe({ ...draft, templateId }), 200)).toEqual(saved);
    const unsaved = (await made(describe({ ...draft, template }), 200)).fields as { path: string }[];
    expect(unsaved.map(({ path }) => path)).toEqual((saved.fields as { path: string }[]).map(({ path }) => path));

    const [real, shown] = [
      await made(preview({ integrationId, templateId }), 200),
      await made(preview({ ...draft, template }), 200),
    ];
    expect(Object.keys(JSON.parse(String(shown.body)))).toEqual(Object.keys(JSON.parse(String(real.body))));
    const [realHeaders, headers] = [real.headers, shown.headers] as Record<string, string>[];
    expect(Object.keys(headers ?? {}).sort()).toEqual(Object.keys(realHeaders ?? {}).sort());
    const signatures = Object.keys(headers ?? {}).filter((header) => header.toLowerCase().endsWith('signature'));
    expect(signatures.map((header) => headers?.[header])).toEqual(signatures.map(() => '***'));
    await made(call('DELETE', `/v1/integrations/${integrationId}`), 204);
  },
);

test('nothing of a draft is stored', async () => {
  await made(preview({ integration: { dialect: 'standard' }, template: { ...template, name: 'Never saved' } }), 200);
  const names = (await made(call('GET', '/v1/templates'), 200)).data.map(({ name }) => name);
  expect(names).toEqual(['Loyalty']);
});

test('a wrong draft is refused with the place of each error', async () => {
  const integration = { dialect: 'standard' };
  expect(pointers(await preview({}))).toEqual(['/integrationId']);
  expect(pointers(await preview({ integration, integrationId: 'int_1', template, templateId }))).toEqual([
    '/integrationId',
    '/templateId',
  ]);
  expect(pointers(await describe({ integration: { dialect: 'vibes' } }))).toEqual(['/integration/options/companyKey']);
  expect(pointers(await describe({ integration: { dialect: 'fax' } }))).toEqual(['/integration/dialect']);
  expect(
    pointers(await describe({ integration: { dialect: 'vibes', options: { companyKey: 'k' } }, trigger: 'pass.created' })),
  ).toEqual(['/trigger']);
  const twice = { name: 'Twice', fields: [{ key: 'a' }, { key: 'a' }] };
  expect(pointers(await describe({ integration, template: twice }))).toEqual(['/template/fields/1/key']);
  expect(pointers(await preview({ integration, templateId: 'tpl_1' }))).toEqual(['/templateId']);
  expect(pointers(await preview({ integration, matchRecent: 101 }))).toEqual(['/matchRecent']);
  const other = await api().tenant();
  const foreign = await made(other.call('POST', '/v1/templates', { name: 'Foreign' }));
  expect(pointers(await preview({ integration, templateId: foreign.id }))).toEqual(['/templateId']);
});

test('support describes and previews drafts', async () => {
  const { id } = await api().tenant();
  const support = api().with((await api().makeKey('support')).key);
  const draft = { tenantId: id, integration: { dialect: 'standard' }, template, trigger: 'pass.installed' };
  await made(support('POST', '/v1/templates/describe', draft), 200);
  expect((await made(support('POST', '/v1/subscriptions/preview', draft), 200)).recent).toBeNull();
});

test('a filter is tried on the last events of its trigger and template', async () => {
  const own = await api().tenant();
  const { id } = await made(own.call('POST', '/v1/templates', template));
  await made(own.call('POST', '/v1/templates', { name: 'Other', externalId: 'other' }));
  for (const points of [50, 100, 150]) {
    await made(
      own.call('POST', '/v1/events', installed(`pass-${points}`, { pass: { id: `pass-${points}`, fields: { points } } })),
      202,
    );
  }
  await made(own.call('POST', '/v1/events', installed('other', { templateId: 'other' })), 202);
  const recent = async (more: object) => {
    const draft = { integration: { dialect: 'standard' }, trigger: 'pass.installed', ...more };
    return (await made(own.call('POST', '/v1/subscriptions/preview', draft), 200)).recent;
  };
  const filter = { path: '/pass/fields/points', gte: 100 };
  expect(await recent({ templateId: id, filter, matchRecent: 100 })).toEqual({ events: 3, kept: 2 });
  expect(await recent({ templateId: id, filter, matchRecent: 1 })).toEqual({ events: 1, kept: 1 });
  expect(await recent({ templateId: id, matchRecent: 100 })).toEqual({ events: 3, kept: 3 });
  expect(await recent({ filter, matchRecent: 100 })).toEqual({ events: 4, kept: 2 });
  expect(await recent({ trigger: 'pass.uninstalled', matchRecent: 5 })).toEqual({ events: 0, kept: 0 });
});

test('a test sends the past or the given event that it names, as a copy', async () => {
  const { id: integrationId } = await made(call('POST', '/v1/integrations', { name: 'tests', dialect: 'standard' }));
  const names = { integrationId, templateId, trigger: 'pass.installed', url: 'http://127.0.0.1:9/tests' };
  const { id } = await made(
    call('POST', '/v1/subscriptions', { ...names, filter: { path: '/pass/id', eq: 'nothing else' } }),
  );
  const past = await made(call('POST', '/v1/events', installed('past-pass')), 202);
  const tested = async (body: object) => {
    const { deliveryId } = await made(call('POST', `/v1/subscriptions/${id}/test`, body), 202);
    const delivery = await made(call('GET', `/v1/deliveries/${deliveryId}`), 200);
    expect(delivery).toMatchObject({ test: true, subscriptionId: id });
    return delivery;
  };
  const again = await tested({ eventId: past.id });
  expect(again).toMatchObject({ passId: 'past-pass' });
  expect(again.eventId).not.toBe(past.id);
  expect((await made(call('GET', `/v1/events/${past.id}`), 200)).deliveries).toEqual([]);
  expect(await tested({ event: installed('given-pass') })).toMatchObject({ passId: 'given-pass' });
  expect(await tested({})).toMatchObject({ passId: 'sample-pass-id' });

  const refused = async (body: object) => pointers(await call('POST', `/v1/subscriptions/${id}/test`, body));
  expect(await refused({ event: installed('p', { type: 'pass.uninstalled' }) })).toEqual(['/event/type']);
  expect(await refused({ event: { type: 'pass.installed' } })).toContain('/event/occurredAt');
  expect(await refused({ eventId: 'evt_1' })).toEqual(['/eventId']);
  expect(await refused({ event: installed('p'), eventId: past.id })).toEqual(['/eventId']);
  expect(await refused({ evnt: 1 })).toEqual(['/evnt']);
  const operational = { ...names, trigger: 'endpoint.failing', templateId: null };
  const { id: watching } = await made(call('POST', '/v1/subscriptions', operational));
  expect(pointers(await call('POST', `/v1/subscriptions/${watching}/test`, { eventId: past.id }))).toEqual(['/eventId']);
  const other = await api().tenant();
  expect((await other.call('POST', `/v1/subscriptions/${id}/test`, { eventId: past.id })).status).toBe(404);
});
