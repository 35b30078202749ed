import { gzipSync } from 'node:zlib';
import type { OperationId } from '../../src/api/permissions.ts';
import type { Route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import { MAX_BATCH_EVENTS, MAX_REQUEST_BYTES } from '../../src/domain/event.ts';
import { DIALECT_NAMES } from '../../src/domain/integration.ts';
import { type FullTenant, largeEvent } from './full-tenant.ts';
import { hostileTexts, unknownNames } from './hostile-json.ts';

/** A request that is meant to be as dear as the limits of its route allow. */
export interface DearRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const USUAL_BODY_BYTES = 1024 * 1024;
const BOMB_BYTES = 64 * 1024 * 1024;
/** With the other headers just within the 16 KiB of Node. */
const LONG = 15_000;
const LARGE_EVENT_BYTES = 250_000;

/** The dear requests of every route, those that take something away last. */
export function dearRequests(tenant: FullTenant): ReadonlyMap<OperationId, readonly DearRequest[]> {
  return new Map(
    ROUTES.map((route) => [
      route.operationId,
      [...ofAnyRoute(route, tenant), ...ofBodies(route, tenant), ...(OF_ONE_ROUTE[route.operationId]?.(tenant) ?? [])],
    ]),
  );
}

function pathOf({ path, id }: Route, { ids }: FullTenant): string {
  return path.replace('{id}', (id && ids[id]) ?? '').replace('{name}', 'standard');
}

/** Long queries and headers, and what expressions may backtrack over. None of them is valid. */
function ofAnyRoute(route: Route, tenant: FullTenant): DearRequest[] {
  const path = pathOf(route, tenant);
  const method = route.method.toUpperCase();
  const queries = {
    'a query of many names': Array.from({ length: LONG / 5 }, (_, index) => `${index.toString(36)}=`).join('&'),
    'a long cursor': `cursor=${'A'.repeat(LONG)}`,
    'a long instant': `after=2026-01-15T00:00:00.${'0'.repeat(LONG)}Z`,
    'a long tenant id': `tenantId=${'%20'.repeat(LONG / 3)}`,
  };
  const authorization = `Bearer ${' '.repeat(LONG / 2)}x ${' '.repeat(LONG / 2)}x`;
  return [
    ...Object.entries(queries).map(([name, query]) => ({ name, method, path: `${path}?${query}` })),
    { name: 'a key of blanks', method, path, headers: { authorization } },
  ];
}

function ofBodies(route: Route, tenant: FullTenant): DearRequest[] {
  if (!route.body) return [];
  const path = pathOf(route, tenant);
  const method = route.method.toUpperCase();
  const bytes = route.bodyLimitBytes ?? USUAL_BODY_BYTES;
  const member = route.operationId === 'postEvents' ? 'events' : 'x';
  const hostile = Object.entries(hostileTexts(bytes, `{"${member}":[`, ']}'));
  const bomb = gzipSync(Buffer.alloc(BOMB_BYTES, ' '));
  return [
    ...hostile.map(([name, body]) => ({ name, method, path, body })),
    { name: 'a gzip bomb', method, path, body: bomb, headers: { 'content-encoding': 'gzip' } },
  ];
}

function get(path: string, name: string): DearRequest {
  return { name, method: 'GET', path };
}

function send(method: 'POST' | 'PATCH', path: string, name: string, body: object): DearRequest {
  return { name, method, path, body: JSON.stringify(body) };
}

const parts = ({ ids }: FullTenant) => ({
  integrationId: ids.integration,
  templateId: ids.template,
  trigger: 'pass.updated',
});
const events = (count: number, bytes: number) => ({ events: Array.from({ length: count }, () => largeEvent(bytes)) });

/** What only one route can be asked for. */
const OF_ONE_ROUTE: Readonly<Partial<Record<OperationId, (tenant: FullTenant) => readonly DearRequest[]>>> = {
  postEvent: () => [send('POST', '/v1/events', 'a valid event of 250 KB', largeEvent(LARGE_EVENT_BYTES))],
  postEvents: () => [
    send('POST', '/v1/events/batch', '32 valid events of 250 KB', events(32, LARGE_EVENT_BYTES)),
    send('POST', '/v1/events/batch', '1,000 valid events', events(MAX_BATCH_EVENTS, 8000)),
    ...[8, 64, 512].map((length) => ({
      name: `unknown names of ${length} characters`,
      method: 'POST',
      path: '/v1/events/batch',
      body: unknownNames(MAX_REQUEST_BYTES, MAX_BATCH_EVENTS, length),
    })),
  ],
  listEvents: () => [get('/v1/events?limit=100&type=pass.voided', '90 events of 250 KB')],
  getEvent: ({ ids }) => [get(`/v1/events/${ids.event}`, 'an event of 250 KB')],
  listDeliveries: () => [
    get('/v1/deliveries?limit=100', '90 deliveries'),
    get('/v1/deliveries?limit=100&state=parked', 'parked ones'),
  ],
  getDelivery: ({ ids }) => [get(`/v1/deliveries/${ids.delivery}`, 'a body of 250 KB')],
  listDeadLetters: () => [get('/v1/dead-letters?limit=100', '90 dead letters of 500 KB')],
  getDeadLetter: ({ ids }) => [get(`/v1/dead-letters/${ids.deadLetter}`, 'a dead letter of 500 KB')],
  listTemplates: () => [get('/v1/templates?limit=100', '90 largest templates')],
  createTemplate: ({ fields }) => [send('POST', '/v1/templates', 'the largest template', { name: 'Large', fields })],
  updateTemplate: ({ ids, fields }) => [
    send('PATCH', `/v1/templates/${ids.template}`, 'with 90 large mappings', { fields: fields.slice(1) }),
    send('PATCH', `/v1/templates/${ids.template}`, 'and back', { fields }),
  ],
  describeTemplate: ({ ids }) =>
    DIALECT_NAMES.map((dialect) =>
      get(`/v1/templates/${ids.template}/describe?trigger=pass.installed&dialect=${dialect}`, `the largest in ${dialect}`),
    ),
  createSubscription: (tenant) => [
    send('POST', '/v1/subscriptions', 'the largest mapping', {
      ...parts(tenant),
      url: 'http://127.0.0.1:9/another',
      mapping: tenant.mapping,
    }),
  ],
  listSubscriptions: () => [get('/v1/subscriptions?limit=100', '90 largest mappings')],
  updateSubscription: ({ ids, mapping }) => [
    send('PATCH', `/v1/subscriptions/${ids.subscription}`, 'the largest mapping', { mapping }),
  ],
  previewSubscription: (tenant) => [
    ...[tenant.mapping, tenant.wrongMapping].map((mapping, index) =>
      send('POST', '/v1/subscriptions/preview', ['the largest mapping', 'a mapping of unknown fields'][index] ?? '', {
        ...parts(tenant),
        mapping,
      }),
    ),
    send('POST', '/v1/subscriptions/preview', 'an event of 250 KB', {
      ...parts(tenant),
      event: largeEvent(LARGE_EVENT_BYTES),
    }),
  ],
};
