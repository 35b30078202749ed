import { removalText } from '../../domain/content-removal.ts';
import type { DeliveryState } from '../../domain/delivery.ts';
import { explainCancelled, explainDead, explainSucceeded } from './explain-ended.ts';
import { explainBlocked, explainDue, explainHeld, explainParked, explainRetrying, explainSending } from './explain-open.ts';
import type { Explain, ExplanationCode } from './explained.ts';
import { attemptsOfRound, type DeliveryFacts } from './facts.ts';
import { plannedAttempts } from './sentences.ts';
import { FULL_TIMES, shortTimes, type Times } from './words.ts';

/** Facts of an explanation by name, for texts in other languages. Instants are ISO 8601 in UTC, durations milliseconds. */
export type ExplanationParams = Readonly<Record<string, string | number | null>>;

export interface Explanation {
  /** Decides the wording; stable. */
  readonly code: ExplanationCode;
  readonly params: ExplanationParams;
  /** A paragraph. Times are UTC, without the date where they are today. */
  readonly text: string;
  /** The same with dates and `UTC`, to be sent to somebody. */
  readonly textWithDates: string;
}

const EXPLAIN: Readonly<Record<DeliveryState, Explain<DeliveryFacts>>> = {
  pending: explainDue,
  delivering: explainSending,
  retrying: explainRetrying,
  blocked: explainBlocked,
  parked: explainParked,
  held: explainHeld,
  succeeded: explainSucceeded,
  dead: explainDead,
  cancelled: explainCancelled,
};

/** Explains a delivery in one paragraph: outcome; cause and rule; what happens next and when; what a person can do. */
export function explainDelivery(facts: DeliveryFacts): Explanation {
  const { delivery, course } = facts;
  const write = (times: Times) => {
    const { code, sentences } = EXPLAIN[delivery.state](facts, times);
    const text = [introduction(facts), ...sentences, removalSentence(facts)]
      .filter((sentence) => sentence !== undefined)
      .join(' ');
    return { code, text };
  };
  const { code, text } = write(shortTimes(course.now));
  return { code, params: paramsOf(facts), text, textWithDates: write(FULL_TIMES).text };
}

/** What is unusual about the delivery as such. */
function introduction({ delivery }: DeliveryFacts): string | undefined {
  if (delivery.kind === 'unsubscribe') return 'This request tells the receiver that its subscription was deleted.';
  return delivery.test ? 'This is a test, which is sent once and changes nothing else.' : undefined;
}

function removalSentence({ delivery }: DeliveryFacts): string | undefined {
  const { removed } = delivery;
  return removed && `What was sent ${removalText(removed)}; the attempts remain.`;
}

function paramsOf(facts: DeliveryFacts): ExplanationParams {
  const { delivery, course, live, host, judge, disabled, heldBefore } = facts;
  const round = attemptsOfRound(facts);
  const last = round.at(-1);
  const outcome = last?.outcome;
  return {
    host,
    dialect: judge?.label ?? null,
    attempts: round.length,
    attemptsPlanned: plannedAttempts(facts) ?? null,
    lastAttemptAt: last?.startedAt.toISOString() ?? null,
    lastStatus: outcome?.kind === 'response' ? outcome.status : null,
    lastFailure: outcome?.kind === 'failure' ? outcome.failure : null,
    nextAt:
      delivery.dueAt && course.dueInMs !== undefined && delivery.state === 'retrying' ? delivery.dueAt.toISOString() : null,
    nextInMs: delivery.state === 'retrying' ? (course.dueInMs ?? null) : null,
    pausedUntil: live?.pausedUntil?.toISOString() ?? null,
    failuresInARow: live?.failures ?? null,
    waiting: live?.parked ?? null,
    heldBefore,
    disabledReason: disabled?.reason ?? null,
    blockedBy: course.blockedBy?.id ?? null,
    endedAt: delivery.endedAt?.toISOString() ?? null,
    endedBy: delivery.endedBy ?? null,
    endedReason: delivery.endedReason ?? null,
  };
}
