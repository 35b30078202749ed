import type { Answers } from './producer.ts';
import type { Outcome } from './tally.ts';

/** What a scenario promises beside the promises that always hold. */
export interface Promises {
  /** The producer never has to repeat itself, nor to wait for an answer. */
  readonly acceptsThroughout?: boolean;
  /** Nothing arrives twice, not even deliveries in flight. */
  readonly noDuplicates?: boolean;
  /** Something was in flight at the fault; else the scenario shows nothing. */
  readonly hitsInFlight?: boolean;
  /** Every delivery succeeds in the end. */
  readonly allSucceed?: boolean;
  /** Instead of 60 s. */
  readonly maxDelayMs?: number;
}

/** After the fault is over, everything ends within this. */
const MAX_DELAY_MS = 60_000;
/** Accepting that waited for an unavailable Redis would take 2 s and more. */
const MAX_ANSWER_MS = 1900;

/**
 * Which promises a run broke, in words: those that hold always, and those of its scenario.
 *
 * @param patience how many times as long as promised everything may take
 */
export function brokenPromises(outcome: Outcome, answers: Answers, promises: Promises, patience = 1): string[] {
  const { lost, duplicates, unexplained, strangers, inFlight, mostInFlight, worstDelayMs, outOfOrder = 0 } = outcome;
  const { repeats, wrong, slowestMs } = answers;
  const { acceptsThroughout, noDuplicates, hitsInFlight, allSucceed } = promises;
  const { succeeded = 0 } = outcome.states;
  const maxDelayMs = (promises.maxDelayMs ?? MAX_DELAY_MS) * patience;
  const checks: readonly (readonly [isBroken: boolean, what: string])[] = [
    [lost > 0, `${lost} lost`],
    [unexplained > 0, `${unexplained} duplicates of what was not in flight at the fault`],
    [noDuplicates === true && duplicates > 0, `${duplicates} duplicates`],
    [strangers > 0, `${strangers} deliveries of nothing that was accepted`],
    [
      worstDelayMs > maxDelayMs,
      `${Math.round(worstDelayMs)} ms until the last delivery, more than ${Math.round(maxDelayMs)}`,
    ],
    [
      mostInFlight.count > mostInFlight.limit,
      `${mostInFlight.count} in flight at an endpoint, more than ${mostInFlight.limit}`,
    ],
    [outOfOrder > 0, `${outOfOrder} out of order`],
    [wrong.length > 0, `${wrong.length} answers were neither success nor 503: ${wrong[0]}`],
    [acceptsThroughout === true && repeats > 0, `${repeats} requests were not answered with 202`],
    [acceptsThroughout === true && slowestMs > MAX_ANSWER_MS * patience, `an answer took ${Math.round(slowestMs)} ms`],
    [allSucceed === true && succeeded < outcome.accepted, `${outcome.accepted - succeeded} did not succeed`],
    [hitsInFlight === true && inFlight === 0, 'nothing was in flight at the fault'],
  ];
  return checks.filter(([isBroken]) => isBroken).map(([, what]) => what);
}
