import type { Attempt } from '../../domain/attempt.ts';
import { describeOutcome } from './describe-outcome.ts';
import { attemptsOfRound, type DeliveryFacts, isByHand } from './facts.ts';
import { inWords, listed, ordinal, plural, type Times } from './words.ts';

// Sentences that several explanations share.

/** How many attempts the policy plans for a round; undefined: the integration was deleted, or it is a test. */
export function plannedAttempts({ judge, delivery }: DeliveryFacts): number | undefined {
  return judge && !delivery.test ? judge.policy.retryDelaysMs.length + 1 : undefined;
}

/** The number of an attempt in the schedule of its round, those made by hand left out. */
export function scheduledNumber({ delivery, course }: DeliveryFacts): number {
  return Math.max(1, delivery.attempts - course.attemptsBefore);
}

/** `The third of ten attempts was made at 14:03:22 and got no answer within 10 s.` */
export function lastAttemptSentence(facts: DeliveryFacts, last: Attempt, times: Times, rest = ''): string {
  const { ofAttempt } = describeOutcome(last, facts.judge?.policy.timeoutMs);
  const planned = plannedAttempts(facts);
  const which = isByHand(facts, last.number)
    ? 'An attempt by hand'
    : `The ${ordinal(scheduledNumber(facts))}${planned === undefined ? ' attempt' : ` of ${inWords(planned)} ${plural(planned, 'attempt', 'attempts')}`}`;
  return `${which} was made at ${times.at(last.startedAt)} and ${ofAttempt}${rest}.`;
}

const MOST_TIMES = 3;

/** `answered 503 at 10:02:11 and at 10:02:16, which is retried`; undefined without attempts. */
export function failuresInWords(
  { judge }: Pick<DeliveryFacts, 'judge'>,
  failed: readonly Attempt[],
  times: Times,
): string | undefined {
  if (failed.length === 0) return undefined;
  const groups = Map.groupBy(failed, (attempt) => describeOutcome(attempt, judge?.policy.timeoutMs).byReceiver);
  const clauses = [...groups].map(([what, attempts]) => `${what} ${whenAll(attempts, times)}`);
  return `${listed(clauses)}, which is retried`;
}

function whenAll(attempts: readonly Attempt[], times: Times): string {
  const at = attempts.map(({ startedAt }) => `at ${times.at(startedAt)}`);
  if (at.length <= MOST_TIMES) return listed(at);
  return `${inWords(at.length)} times, first ${at[0]} and last ${at.at(-1)}`;
}

/** That a delivery was replayed, as the last thing that people did to it. */
export function replaySentence({ course, whoIs }: DeliveryFacts, times: Times): string | undefined {
  const replayed = course.changes.findLast(({ kind }) => kind === 'replayed');
  return replayed && `It was replayed by ${whoIs(replayed.by)} at ${times.at(replayed.at)}.`;
}

export function attemptCount(facts: DeliveryFacts): string {
  const count = attemptsOfRound(facts).length;
  return `${inWords(count)} ${plural(count, 'attempt', 'attempts')}`;
}
