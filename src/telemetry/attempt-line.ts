import type { AttemptReport } from '../ports/telemetry.ts';
import { queueWaitMs } from './metrics/queue-wait.ts';

/** The fields of an attempt's log line: ids and figures, never a URL, a header, a body or a receiver's own words. */
export function attemptLine(report: AttemptReport): Record<string, unknown> {
  const { claimed, dialect, attempt, next, recorded, deadLetterId, body, recordMs } = report;
  const { id, eventId, tenantId, subscriptionId, endpointId, trigger } = claimed;
  const waitedMs = queueWaitMs(report);
  return {
    deliveryId: id,
    eventId,
    tenantId,
    subscriptionId,
    endpointId,
    dialect,
    trigger,
    test: claimed.test || undefined,
    attempt: attempt.number,
    ...outcomeFields(attempt),
    verdict: attempt.verdict,
    next: recorded ? next.state : 'dropped',
    nextInMs: next.state === 'retrying' ? next.delayMs : undefined,
    deadLetterId,
    queueWaitMs: waitedMs === undefined ? undefined : Math.round(waitedMs),
    recordMs: Math.round(recordMs),
    requestBytes: body === undefined ? undefined : Buffer.byteLength(body),
  };
}

function outcomeFields({ outcome }: AttemptReport['attempt']): Record<string, unknown> {
  if (outcome.kind === 'unbuildable') return { failure: outcome.kind };
  if (outcome.kind === 'failure') return { failure: outcome.failure, ...outcome.timings };
  const { status, body, timings } = outcome;
  return { status, ...timings, responseBytes: Buffer.byteLength(body.text), responseCut: body.truncated || undefined };
}
