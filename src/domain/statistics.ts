import { type Attempt, SEND_FAILURES } from './attempt.ts';

// What is counted of attempts. A measure is a small number, so that a count is a narrow row; numbers are never given another meaning.

const VERDICTS = { delivered: 1, retryable: 2, permanent: 3 } as const;
const ENDS = { succeeded: 4, dead: 5 } as const;

/** Why attempts failed: what a sender meets, and classes of answers. */
export const FAILURE_CLASSES = [...SEND_FAILURES, 'unbuildable', '3xx', '4xx', '410', '429', '5xx', 'other'] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];
const FIRST_FAILURE = 10;

/** Answer times fall into classes of which each is about a fifth longer than the one before: 4 for each doubling, from 1 ms on. */
const CLASSES_A_DOUBLING = 4;
const FIRST_TIME = 100;
const LAST_TIME = 199;

/** The measures of an attempt after which its delivery is in `state`. */
export function measuresOf({ outcome, verdict }: Pick<Attempt, 'outcome' | 'verdict'>, state: string): number[] {
  const measures: number[] = [VERDICTS[verdict]];
  if (state === 'succeeded' || state === 'dead') measures.push(ENDS[state]);
  if (verdict !== 'delivered') measures.push(FIRST_FAILURE + FAILURE_CLASSES.indexOf(failureClassOf(outcome)));
  if (outcome.kind === 'response') measures.push(timeClass(outcome.timings.totalMs));
  return measures;
}

function failureClassOf(outcome: Attempt['outcome']): FailureClass {
  if (outcome.kind === 'unbuildable') return 'unbuildable';
  if (outcome.kind === 'failure') return outcome.failure;
  const { status } = outcome;
  if (status === 410 || status === 429) return `${status}`;
  if (status >= 300 && status <= 599) return status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx';
  return 'other';
}

function timeClass(ms: number): number {
  const above = Math.floor(CLASSES_A_DOUBLING * Math.log2(Math.max(1, ms)));
  return Math.min(LAST_TIME, FIRST_TIME + above);
}

/** Counts by measure. */
export type Counts = ReadonlyMap<number, number>;

export interface Statistics {
  readonly attempts: { readonly delivered: number; readonly retryable: number; readonly permanent: number };
  /** Deliveries that ended; one that was replayed ends once more. */
  readonly ended: { readonly succeeded: number; readonly dead: number };
  /** Of the attempts that failed; classes without any are left out. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** Milliseconds until the whole answer was there, at most 9 % off; undefined without an answer. */
  readonly answerMs: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
}

export function statisticsOf(counts: Counts): Statistics {
  const count = (measure: number): number => counts.get(measure) ?? 0;
  const failures = FAILURE_CLASSES.map((name, index) => [name, count(FIRST_FAILURE + index)] as const);
  return {
    attempts: {
      delivered: count(VERDICTS.delivered),
      retryable: count(VERDICTS.retryable),
      permanent: count(VERDICTS.permanent),
    },
    ended: { succeeded: count(ENDS.succeeded), dead: count(ENDS.dead) },
    failures: Object.fromEntries(failures.filter(([, failed]) => failed > 0)),
    answerMs: answerTimes(counts),
  };
}

function answerTimes(counts: Counts): Statistics['answerMs'] {
  const times = [...counts].filter(([measure]) => measure >= FIRST_TIME && measure <= LAST_TIME).sort(([a], [b]) => a - b);
  const all = times.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return undefined;
  const percentile = (share: number): number => {
    let seen = 0;
    for (const [measure, count] of times) {
      seen += count;
      if (seen >= share * all) return middleOf(measure);
    }
    return middleOf(LAST_TIME);
  };
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

/** The geometric middle of a class: at most a factor of 2^(1/8) from any time in it. */
function middleOf(measure: number): number {
  return 2 ** ((measure - FIRST_TIME + 0.5) / CLASSES_A_DOUBLING);
}

/** Widths of stored buckets in seconds, and for how many days each is kept. */
export const BUCKET_WIDTHS = [
  { seconds: 300, days: 8 },
  { seconds: 3600, days: 400 },
] as const;
