import { Histogram, type Registry } from 'prom-client';

/** The phases that a delivery passes through, in their order. The API has the first two, workers the others. */
export const API_PHASES = ['accept', 'store'] as const;
export const WORKER_PHASES = ['queue_wait', 'dns', 'connect', 'tls', 'first_byte', 'total', 'record'] as const;

const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Records how long a phase took; a phase that did not happen has no duration. */
export type RecordPhase<Phase extends string> = (phase: Phase, durationMs: number | undefined) => void;

export function addPhases<Phase extends string>(registry: Registry, phases: readonly Phase[]): RecordPhase<Phase> {
  const histogram = new Histogram({
    name: 'passwire_phase_duration_seconds',
    help: 'Duration of each phase of a delivery.',
    labelNames: ['phase'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const byPhase = new Map(phases.map((phase) => [phase, histogram.labels(phase)]));
  return (phase, durationMs) => {
    if (durationMs !== undefined) byPhase.get(phase)?.observe(Math.max(0, durationMs) / 1000);
  };
}
