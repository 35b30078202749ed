import { Counter, Gauge, type Registry } from 'prom-client';
import type { Attempt } from '../../domain/attempt.ts';
import type { AttemptReport, DeliveryTelemetry } from '../../ports/telemetry.ts';
import { addPhases, WORKER_PHASES } from './phases.ts';
import { queueWaitMs } from './queue-wait.ts';

/** What a worker has in flight now. */
export interface WorkerLoad {
  readonly inFlight: number;
  /** How many deliveries it offers to have in flight. */
  readonly slots: number;
}

/** Counts what a worker does. Labels have few values: never a tenant, an id or a URL. */
export function addDeliveryMetrics(registry: Registry, loadOf: () => WorkerLoad): DeliveryTelemetry {
  const registers = [registry];
  const recordPhase = addPhases(registry, WORKER_PHASES);
  const attempts = new Counter({
    name: 'passwire_attempts_total',
    help: 'Attempts, by dialect, verdict and result: the class of the status, or the kind of failure.',
    labelNames: ['dialect', 'verdict', 'result'],
    registers,
  });
  const ended = new Counter({
    name: 'passwire_deliveries_ended_total',
    help: 'Deliveries that succeeded or became dead letters.',
    labelNames: ['dialect', 'state'],
    registers,
  });
  const dropped = new Counter({
    name: 'passwire_results_dropped_total',
    help: 'Results of attempts whose delivery another worker had taken over meanwhile.',
    registers,
  });
  const opened = new Counter({
    name: 'passwire_breakers_opened_total',
    help: 'Endpoints that began to fail.',
    registers,
  });
  const disabled = new Counter({
    name: 'passwire_endpoints_disabled_total',
    help: 'Endpoints whose subscriptions were disabled, by reason.',
    labelNames: ['reason'],
    registers,
  });
  new Gauge({
    name: 'passwire_attempts_in_flight',
    help: 'Deliveries that this worker has claimed and not ended.',
    registers,
    collect() {
      this.set(loadOf().inFlight);
    },
  });
  new Gauge({
    name: 'passwire_worker_slots',
    help: 'Deliveries that this worker offers to have in flight; 0 while it takes none.',
    registers,
    collect() {
      this.set(loadOf().slots);
    },
  });
  return {
    attemptMade(report) {
      const { claimed, attempt, dialect, next, recorded, recordMs } = report;
      if (claimed.test) return; // tests are not part of the statistics
      if (!recorded) dropped.inc();
      attempts.inc({ dialect, verdict: attempt.verdict, result: resultOf(attempt) });
      if (recorded && next.state !== 'retrying') ended.inc({ dialect, state: next.state });
      recordPhase('queue_wait', queueWaitMs(report));
      recordPhase('record', recordMs);
      recordTimings(attempt);
    },
    endpointChanged({ failingSince }) {
      if (failingSince) opened.inc();
    },
    endpointDisabled({ reason }) {
      disabled.inc({ reason });
    },
  };

  function recordTimings({ outcome }: AttemptReport['attempt']): void {
    if (outcome.kind === 'unbuildable') return;
    const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs } = outcome.timings;
    recordPhase('dns', dnsMs);
    recordPhase('connect', connectMs);
    recordPhase('tls', tlsMs);
    recordPhase('first_byte', firstByteMs);
    recordPhase('total', totalMs);
  }
}

function resultOf({ outcome }: Attempt): string {
  if (outcome.kind === 'response') return `${Math.floor(outcome.status / 100)}xx`;
  return outcome.kind === 'failure' ? outcome.failure : outcome.kind;
}
