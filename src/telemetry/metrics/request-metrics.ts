import { Counter, Histogram, type Registry } from 'prom-client';
import type { ApiTelemetry, RequestReport } from '../../ports/telemetry.ts';
import { API_PHASES, addPhases } from './phases.ts';

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The routes whose answer waits for the commit of events. */
const EVENT_ROUTES = new Set(['/v1/events', '/v1/events/batch']);
const STREAM_ROUTE = '/v1/stream';
const ACCEPTED = new Set([200, 202]);

/** Counts what an API process does. Labels have few values: never a tenant, an id or a path as requested. */
export function addRequestMetrics(registry: Registry): ApiTelemetry {
  const registers = [registry];
  const recordPhase = addPhases(registry, API_PHASES);
  const requests = new Counter({
    name: 'passwire_http_requests_total',
    help: 'Requests, by route and class of the status; `closed` when the client did not wait for the answer.',
    labelNames: ['route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'passwire_http_request_duration_seconds',
    help: 'Duration of requests by route.',
    labelNames: ['route'],
    buckets: BUCKETS_S,
    registers,
  });
  const events = new Counter({
    name: 'passwire_events_total',
    help: 'Posted events by result.',
    labelNames: ['result'],
    registers,
  });
  const deliveries = new Counter({
    name: 'passwire_deliveries_created_total',
    help: 'Deliveries made for posted events.',
    registers,
  });
  const filtered = new Counter({
    name: 'passwire_deliveries_filtered_total',
    help: 'Deliveries that were not made, because the filter of a subscription keeps the event out.',
    registers,
  });
  return {
    requestServed(report) {
      const route = routeOf(report);
      requests.inc({ route, status: report.complete ? `${Math.floor(report.status / 100)}xx` : 'closed' });
      // a stream lasts as long as its client wants
      if (report.route !== STREAM_ROUTE) durations.observe({ route }, report.durationMs / 1000);
      if (isAcceptance(report)) recordPhase('accept', report.durationMs);
    },
    eventsStored({ accepted, duplicates, refused, deliveries: made, filteredOut, durationMs }) {
      events.inc({ result: 'accepted' }, accepted);
      events.inc({ result: 'duplicate' }, duplicates);
      events.inc({ result: 'refused' }, refused);
      deliveries.inc(made);
      filtered.inc(filteredOut);
      recordPhase('store', durationMs);
    },
  };
}

function routeOf({ method, route }: RequestReport): string {
  return route === undefined ? 'none' : `${method} ${route}`;
}

function isAcceptance({ method, route = '', status }: RequestReport): boolean {
  return method === 'POST' && EVENT_ROUTES.has(route) && ACCEPTED.has(status);
}
