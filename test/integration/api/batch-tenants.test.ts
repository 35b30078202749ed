import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { type Call, useApi } from './api.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let one: TenantWithAll;
let other: TenantWithAll;
let producer: Call;

beforeAll(async () => {
  [one, other] = [await tenantWithAll(api()), await tenantWithAll(api())];
  producer = api().with((await api().makeKey('producer')).key);
});

interface Result {
  readonly status: string;
  readonly id?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

async function resultsOf(call: Call, events: readonly unknown[], path = '/v1/events/batch'): Promise<readonly Result[]> {
  return (await made(call('POST', path, { events }), 202)).results as readonly Result[];
}

const shown = ({ status, code, errors }: Result) => [code ?? status, ...(errors ?? []).map(({ pointer }) => pointer)];

describe('the events of a batch may name their tenants', () => {
  test('with a key that is bound to none, each its own', async () => {
    const nobody = newId('tenant', Date.now());
    const results = await resultsOf(producer, [
      installed('pass-1', { tenantId: one.id }),
      installed('pass-1', { tenantId: other.id }),
      installed('pass-1'),
      installed('pass-1', { tenantId: nobody }),
      installed('pass-1', { tenantId: 'ten_x' }),
      installed('pass-1', { tenantId: 5 }),
    ]);
    expect(results.map(shown)).toEqual([
      ['accepted'],
      ['accepted'],
      ['tenant-required', '/events/2/tenantId'],
      ['not-found', '/events/3/tenantId'],
      ['not-found', '/events/4/tenantId'],
      ['invalid-input', '/events/5/tenantId'],
    ]);
    expect((await made(one.call('GET', `/v1/events/${results[0]?.id}`), 200)).tenantId).toBe(one.id);
    expect((await made(other.call('GET', `/v1/events/${results[1]?.id}`), 200)).tenantId).toBe(other.id);
    expect((await one.call('GET', `/v1/events/${results[1]?.id}`)).status).toBe(404);
  });

  test('with a bound key its own tenant only', async () => {
    const events = [
      installed('pass-1', { tenantId: one.id }),
      installed('pass-1'),
      installed('pass-1', { tenantId: other.id }),
    ];
    expect((await resultsOf(one.call, events)).map(shown)).toEqual([
      ['accepted'],
      ['accepted'],
      ['not-found', '/events/2/tenantId'],
    ]);
  });

  test('where the request names one, that one only', async () => {
    const events = [installed('pass-1', { tenantId: one.id }), installed('pass-1', { tenantId: other.id }), installed('p')];
    const path = `/v1/events/batch?tenantId=${one.id}`;
    expect((await resultsOf(producer, events, path)).map(shown)).toEqual([
      ['accepted'],
      ['not-found', '/events/1/tenantId'],
      ['accepted'],
    ]);
  });

  test('and an event is the same with its tenant beside its members, in the request, or posted alone', async () => {
    const event = installed('pass-9', { id: 'once' });
    const first = await made(producer('POST', '/v1/events', { ...event, tenantId: one.id }), 202);
    const [second] = await resultsOf(producer, [{ ...event, tenantId: one.id }]);
    const [third] = await resultsOf(one.call, [event]);
    expect([second, third]).toMatchObject([
      { id: first.id, duplicate: true },
      { id: first.id, duplicate: true },
    ]);
  });

  test('and one that has a member twice is refused alone, even where no other event names a tenant', async () => {
    const event = JSON.stringify(installed('pass-1', { tenantId: one.id }));
    const twice = `{"id":"a","id":"b",${event.slice(1)}`;
    const { status, body } = await producer('POST', '/v1/events/batch', `{"events":[${twice}]}`);
    expect([status, (body.results as Result[]).map(shown)]).toEqual([202, [['invalid-input', '/events/0/id']]]);
  });

  test('a batch that names none is refused as before', async () => {
    const { status, body } = await producer('POST', '/v1/events/batch', { events: [installed('pass-1')] });
    expect([status, body.errors]).toMatchObject([422, [{ pointer: '/tenantId' }]]);
  });
});
