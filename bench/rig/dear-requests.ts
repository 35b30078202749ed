import { gzipSync } from 'node:zlib';
import type { OperationId } from '../../src/api/permissions.ts';
import type { Route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import { MAX_BATCH_EVENTS, MAX_REQUEST_BYTES } from '../../src/domain/event.ts';
import type { FullTenant } from './full-tenant.ts';
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
/** Together with the other headers, just within Node's 16 KiB. */
const LONG = 15_000;

/** The dear requests of every route. */
export function dearRequests(tenant: FullTenant): ReadonlyMap<OperationId, readonly DearRequest[]> {
  return new Map(
    ROUTES.map((route) => [
      route.operationId,
      [...ofAnyRoute(route, tenant), ...ofBodies(route, tenant), ...ofTenant(tenant, route.operationId)],
    ]),
  );
}

function pathOf({ path, id, operationId }: Route, { ids }: FullTenant): string {
  return path.replace('{id}', (id && ids[id]) ?? '').replace('{name}', operationId === 'getDialect' ? 'standard' : '');
}

/** Long queries, and expressions that backtrack over them. */
function ofAnyRoute(route: Route, tenant: FullTenant): DearRequest[] {
  const path = pathOf(route, tenant);
  const method = route.method.toUpperCase();
  const queries = {
    'a query of many names': Array.from({ length: LONG / 5 }, (_, index) => `${index.toString(36)}=`).join('&'),
    'a long cursor': `cursor=${'A'.repeat(LONG)}`,
    'a long instant': `after=2026-01-15T00:00:00.${'0'.repeat(LONG)}Z`,
    'a long tenant id': `tenantId=${'%20'.repeat(LONG / 3)}`,
  };
  const key = { authorization: `Bearer ${' '.repeat(LONG / 2)}${'x'.repeat(10)} ${' '.repeat(LONG / 2)}x` };
  // a DELETE without a fault would take away what the others need
  return [
    ...Object.entries(queries).map(([name, query]) => ({ name, method, path: `${path}?${query}` })),
    { name: 'a key of blanks', method, path, headers: key },
  ];
}

function ofBodies(route: Route, tenant: FullTenant): DearRequest[] {
  if (!route.body) return [];
  const path = pathOf(route, tenant);
  const method = route.method.toUpperCase();
  const bytes = route.bodyLimitBytes ?? USUAL_BODY_BYTES;
  const [open, close] = route.operationId === 'postEvents' ? ['{"events":[', ']}'] : ['{"x":[', ']}'];
  const hostile = Object.entries(hostileTexts(bytes, open, close)).map(([name, body]) => ({ name, method, path, body }));
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  return [...hostile, { name: 'a gzip bomb', method, path, body: bomb, headers: { 'content-encoding': 'gzip' } }];
}

/** What only this route can be asked for. */
function ofTenant(tenant: FullTenant, operationId: OperationId): DearRequest[] {
  const { ids, event, mapping, fields } = tenant;
  const batch = (events: readonly object[]) => JSON.stringify({ events });
  const parts = { integrationId: ids.integration, templateId: ids.template, trigger: 'pass.updated' };
  const url = 'http://127.0.0.1:9/hook';
  const post = (path: string, name: string, body: object | string): DearRequest => ({
    name,
    method: 'POST',
    path,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const get = (path: string, name: string): DearRequest => ({ name, method: 'GET', path });
  switch (operationId) {
    case 'postEvent':
      return [post('/v1/events', 'a valid event of 256 KB', event(255_000))];
    case 'postEvents':
      return [
        post('/v1/events/batch', '32 valid events of 256 KB', batch(Array.from({ length: 32 }, () => event(250_000)))),
        post('/v1/events/batch', '1,000 valid events', batch(Array.from({ length: MAX_BATCH_EVENTS }, () => event(8000)))),
        ...[8, 200].map((length) =>
          post(
            '/v1/events/batch',
            `unknown names of ${length}`,
            unknownNames(MAX_REQUEST_BYTES / (length > 8 ? 1 : 4), MAX_BATCH_EVENTS, length),
          ),
        ),
      ];
    case 'listEvents':
      return [get('/v1/events?limit=100', '100 events of 256 KB')];
    case 'listDeadLetters':
      return [get('/v1/dead-letters?limit=100', '100 dead letters of 256 KB')];
    case 'listTemplates':
      return [get('/v1/templates?limit=100', '100 largest templates')];
    case 'listSubscriptions':
      return [get('/v1/subscriptions?limit=100', '100 largest mappings')];
    case 'listDeliveries':
      return [get('/v1/deliveries?limit=100', '100 deliveries'), get('/v1/deliveries?limit=100&state=parked', 'parked')];
    case 'getEvent':
      return [get(`/v1/events/${ids.event}`, 'an event of 256 KB')];
    case 'getDeadLetter':
      return [get(`/v1/dead-letters/${ids.deadLetter}`, 'a dead letter of 256 KB')];
    case 'describeTemplate':
      return ['standard', 'vibes', 'passcreator', 'passentry', 'walletthat'].map((dialect) =>
        get(
          `/v1/templates/${ids.template}/describe?trigger=pass.installed&dialect=${dialect}`,
          `the largest template in ${dialect}`,
        ),
      );
    case 'createTemplate':
      return [post('/v1/templates', 'the largest template', { name: 'Large', fields })];
    case 'updateTemplate':
      return [{ ...post(`/v1/templates/${ids.template}`, 'with 100 large mappings', { fields }), method: 'PATCH' }];
    case 'createSubscription':
      return [post('/v1/subscriptions', 'the largest mapping', { ...parts, url, mapping, enabled: false })];
    case 'updateSubscription':
      return [{ ...post(`/v1/subscriptions/${ids.subscription}`, 'the largest mapping', { mapping }), method: 'PATCH' }];
    case 'updateIntegration':
      return [
        { ...post(`/v1/integrations/${ids.integration}`, 'with 100 large mappings', { options: {} }), method: 'PATCH' },
      ];
    case 'previewSubscription':
      return [
        post('/v1/subscriptions/preview', 'the largest template and mapping', { ...parts, mapping }),
        post('/v1/subscriptions/preview', 'an event of 256 KB', { ...parts, mapping, event: event(255_000) }),
        post('/v1/subscriptions/preview', 'wrong mapping', { ...parts, mapping: tenant.wrongMapping }),
      ];
    default:
      return [];
  }
}
