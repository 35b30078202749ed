import type { Log } from '../ports/process.ts';
import type { ApiTelemetry, DeliveryTelemetry, RequestReport } from '../ports/telemetry.ts';
import { attemptLine } from './attempt-line.ts';

/** Debug lines are for what is frequent and uninteresting. */
export interface DebugLog extends Log {
  debug(fields: object, message: string): void;
}

/** Routes that monitoring asks every few seconds. */
const MONITORING = new Set(['/healthz', '/readyz', '/metrics']);

/** Logs what a worker does, one line each, and counts it. */
export function deliveryTelemetry(log: Log, metrics: DeliveryTelemetry): DeliveryTelemetry {
  return {
    attemptMade(report) {
      if (!report.claimed.test) metrics.attemptMade(report);
      const isDead = report.recorded && report.next.state === 'dead' && !report.claimed.test;
      if (isDead) log.warn(attemptLine(report), 'attempt: the delivery is a dead letter');
      else log.info(attemptLine(report), 'attempt');
    },
    endpointChanged(change) {
      metrics.endpointChanged(change);
      const { tenantId, endpointId, failingSince } = change;
      if (failingSince) log.warn({ tenantId, endpointId, failingSince }, 'endpoint failing: its breaker opened');
      else log.info({ tenantId, endpointId }, 'endpoint recovered: its breaker closed');
    },
    endpointDisabled(disabled) {
      metrics.endpointDisabled(disabled);
      log.warn(disabled, 'endpoint disabled');
    },
  };
}

/** Logs what an API process does, one line each, and counts it. */
export function apiTelemetry(log: DebugLog, metrics: ApiTelemetry): ApiTelemetry {
  return {
    requestServed(report) {
      metrics.requestServed(report);
      const line = requestLine(report);
      if (report.route !== undefined && MONITORING.has(report.route)) log.debug(line, 'request');
      else log.info(line, 'request');
    },
    eventsStored(report) {
      metrics.eventsStored(report);
      log.info({ ...report, durationMs: Math.round(report.durationMs) }, 'events stored');
    },
  };
}

function requestLine({ durationMs, complete, ...report }: RequestReport): Record<string, unknown> {
  return { ...report, durationMs: Math.round(durationMs), ...(!complete && { complete }) };
}
