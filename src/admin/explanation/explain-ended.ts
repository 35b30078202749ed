import type { Attempt, UnbuildableCause } from '../../domain/attempt.ts';
import { CONTENT_REMOVED, refusalOf } from '../../domain/delivery-actions.ts';
import { GONE_STATUS } from '../../domain/verdict.ts';
import { describeOutcome } from './describe-outcome.ts';
import type { Explained } from './explained.ts';
import { attemptsOfRound, type DeliveryFacts } from './facts.ts';
import { permanentInWords } from './rule.ts';
import { attemptCount, failuresInWords, replaySentence } from './sentences.ts';
import { capitalised, duration, inWords, listed, ordinal, plural, type Times } from './words.ts';

export function explainSucceeded(facts: DeliveryFacts, times: Times): Explained {
  const { host, delivery } = facts;
  const round = attemptsOfRound(facts);
  const last = round.at(-1);
  const outcome = last?.outcome;
  if (!last || outcome?.kind !== 'response') return { code: 'delivered', sentences: ['Delivered.'] };
  const failures = failuresInWords(facts, round.slice(0, -1), times);
  const success = `${outcome.status} at ${times.at(last.startedAt)}, after ${duration(outcome.timings.totalMs)}`;
  const wasAnswered = round.slice(0, -1).every((attempt) => attempt.outcome.kind === 'response');
  const answers = failures ? `${failures}, and ${wasAnswered ? '' : 'answered '}${success}` : `answered ${success}`;
  return {
    code: 'delivered',
    sentences: [
      `Delivered on the ${ordinal(round.length)} attempt.`,
      replaySentence(facts, times),
      `${host} ${answers}.`,
      ...(outcome.notes ?? []),
      delivery.test ? undefined : 'Nothing more will be sent.',
    ],
  };
}

export function explainDead(facts: DeliveryFacts, times: Times): Explained {
  const { host, delivery, judge } = facts;
  const last = attemptsOfRound(facts).at(-1);
  if (delivery.test) return explainFailedTest(facts, last, times);
  if (last?.outcome.kind === 'unbuildable' && last.verdict === 'permanent') return explainUnbuildable(facts, last, times);
  const failed = `Failed permanently after ${attemptCount(facts)}.`;
  const replayed = replaySentence(facts, times);
  if (last?.verdict === 'permanent' && last.outcome.kind === 'response') {
    const { status } = last.outcome;
    const isGone = status === GONE_STATUS;
    const answer = `The receiver answered ${isGone ? '410 Gone' : status} at ${times.at(last.startedAt)}`;
    const rule = isGone
      ? 'which ends the delivery and disables the subscriptions of its endpoint'
      : `and ${permanentInWords(status, judge)}`;
    const advice = isGone
      ? 'If the address is right, enable the endpoint and replay the same body; if it has moved, change the URL of the subscription first.'
      : 'If the receiver was at fault, fix it and replay the same body; if the fields were wrong, correct them and replay rendered anew.';
    return {
      code: isGone ? 'dead-gone' : 'dead-permanent',
      sentences: [failed, replayed, `${answer}, ${rule}.`, ...afterDeath(facts, advice, times)],
    };
  }
  if (last?.verdict !== 'retryable' || !isExhausted(delivery.endedReason)) {
    const endedReason = delivery.endedReason ?? 'unknown';
    const isExpired = endedReason.startsWith(EXPIRED);
    const code = isExpired ? 'dead-expired' : 'dead-permanent';
    const reason = isExpired ? `It expired: ${endedReason.slice(EXPIRED.length)}.` : `The reason: ${endedReason}.`;
    return { code, sentences: [failed, replayed, reason, ...afterDeath(facts, 'It can be replayed.', times)] };
  }
  const { byReceiver } = describeOutcome(last, judge?.policy.timeoutMs);
  return {
    code: 'dead-exhausted',
    sentences: [
      failed,
      replayed,
      `${host} ${byReceiver} at ${times.at(last.startedAt)}, which is retried, but that was the last attempt of the schedule.`,
      ...afterDeath(facts, 'Once the receiver works again, replay the same body.', times),
    ],
  };
}

/** How the reason of a delivery begins that retention ended (keep-within-retention.ts). */
const EXPIRED = 'expired: ';

/** Whether no retry was left, as `nextState` words it. */
function isExhausted(reason: string | undefined): boolean {
  return /none left\)$/.test(reason ?? '') || reason === 'no attempt is left';
}

function explainFailedTest(facts: DeliveryFacts, last: Attempt | undefined, times: Times): Explained {
  const what = last && describeOutcome(last, facts.judge?.policy.timeoutMs).ofAttempt;
  const sentence = last && `It was made at ${times.at(last.startedAt)} and ${what}.`;
  return { code: 'test-failed', sentences: ['The test failed.', sentence, 'Fix the cause and send another test.'] };
}

function explainUnbuildable(facts: DeliveryFacts, { outcome }: Attempt, times: Times): Explained {
  const { reason = '', cause } = outcome.kind === 'unbuildable' ? outcome : {};
  if (!cause) {
    const advice = 'If the cause is in the template or the fields, correct them and replay rendered anew.';
    return {
      code: 'dead-unbuildable',
      sentences: ['Nothing was sent.', `The body could not be built: ${reason}.`, ...afterDeath(facts, advice, times)],
    };
  }
  const { why, advice } = causeInWords(cause, facts.judge?.label ?? 'vendor');
  return { code: 'dead-unbuildable', sentences: ['Nothing was sent.', why, advice] };
}

function causeInWords({ known, wallet }: UnbuildableCause, label: string): { why: string; advice: string } {
  return {
    why: `A ${label} webhook can only name ${listed(known, 'or')} as the wallet, and this event has ${wallet}.`,
    advice: `A replay would fail in the same way; the platform has to post the event again with a wallet that ${label} knows.`,
  };
}

/** What was written when it died, and what a person can do. */
function afterDeath(facts: DeliveryFacts, advice: string, times: Times): (string | undefined)[] {
  const { course, whoIs } = facts;
  const closed = course.letters.at(-1)?.closed;
  const letter =
    course.letters.length === 0
      ? undefined
      : closed?.as === 'discarded'
        ? `Its dead letter was discarded by ${whoIs(closed.by)} at ${times.at(closed.at)}.`
        : 'A dead letter was written.';
  if (course.isSubscriptionGone) return [letter, 'It cannot be replayed, because its subscription was deleted.'];
  return [letter, isUnrepeatable(facts) ? undefined : advice];
}

/** Whether what was to be sent is no longer stored. */
function isUnrepeatable(facts: DeliveryFacts): boolean {
  return refusalOf('replay_same', facts)?.code === CONTENT_REMOVED;
}

export function explainCancelled(facts: DeliveryFacts, times: Times): Explained {
  const { delivery, course, whoIs } = facts;
  const { endedAt, endedBy, endedReason } = delivery;
  const reason = endedReason && endedReason !== 'cancelled on request' ? `: ${endedReason}` : '';
  const when = endedAt ? ` at ${times.at(endedAt)}` : '';
  const count = attemptsOfRound(facts).length;
  const made =
    count === 0
      ? 'No attempt was made.'
      : `${capitalised(inWords(count))} ${plural(count, 'attempt was', 'attempts were')} made before.`;
  const next = course.isSubscriptionGone
    ? 'Nothing more will be sent, and it cannot be replayed, because its subscription was deleted.'
    : isUnrepeatable(facts)
      ? 'Nothing more will be sent.'
      : 'Nothing more will be sent unless somebody replays it.';
  return { code: 'cancelled', sentences: [`Cancelled by ${whoIs(endedBy)}${when}${reason}.`, made, next] };
}
