import type { Attempt } from '../../domain/attempt.ts';
import { GONE_STATUS } from '../../domain/verdict.ts';
import type { Explained } from './explained.ts';
import { attemptsOfRound, type DeliveryFacts } from './facts.ts';
import { requestedWaitMs } from './rule.ts';
import { lastAttemptSentence, plannedAttempts, replaySentence, scheduledNumber } from './sentences.ts';
import { capitalised, duration, inDigits, inWords, plural, type Times, wait } from './words.ts';

const MINUTE_MS = 60_000;

export function explainRetrying(facts: DeliveryFacts, times: Times): Explained {
  const last = attemptsOfRound(facts).at(-1);
  if (!last) return explainDue(facts, times);
  const { delivery, course } = facts;
  const inMs = course.dueInMs ?? 0;
  const isDue = inMs <= 0 || delivery.dueAt === undefined;
  const at = delivery.dueAt && nextTime(delivery.dueAt, inMs, times);
  const isLast = plannedAttempts(facts) === scheduledNumber(facts) + 1;
  const next = isDue
    ? 'The next attempt is due now.'
    : `The next attempt${isLast ? ', the last one,' : ''} is at ${at}, in ${wait(inMs)}.`;
  const planned = course.plannedAt && `Should it fail, the attempt at ${times.around(course.plannedAt)} still takes place.`;
  return {
    code: 'retrying',
    sentences: [
      'Not delivered yet.',
      replaySentence(facts, times),
      lastAttemptSentence(facts, last, times, last.outcome.kind === 'response' ? ', which is retried' : ''),
      waitSentence(last),
      next,
      isDue ? planned : `${ONCE[repairOf(last)]}, retry now; should that fail, the attempt at ${at} still takes place.`,
    ],
  };
}

function nextTime(at: Date, inMs: number, times: Times): string {
  return inMs > 10 * MINUTE_MS ? times.around(at) : times.at(at);
}

function waitSentence(last: Attempt): string | undefined {
  const ms = requestedWaitMs(last);
  return ms === undefined ? undefined : `The receiver asked for a wait of ${duration(ms)} (Retry-After), which is obeyed.`;
}

const ONCE = {
  receiver: 'If the receiver works again',
  certificate: 'Once the certificate is repaired',
  name: 'Once the name resolves',
  address: 'Once the name resolves to a public address',
  integration: 'Once this is repaired',
} as const;

function repairOf({ outcome }: Attempt): keyof typeof ONCE {
  if (outcome.kind === 'unbuildable') return 'integration';
  if (outcome.kind === 'response') return 'receiver';
  if (outcome.failure === 'tls') return 'certificate';
  if (outcome.failure === 'dns') return 'name';
  return outcome.failure === 'forbidden_address' ? 'address' : 'receiver';
}

/** `Not sent yet, and no attempt was used.`, or what the last attempt of the round got. */
function notYet(facts: DeliveryFacts, times: Times): string[] {
  const last = attemptsOfRound(facts).at(-1);
  const replayed = replaySentence(facts, times);
  if (!last) return ['Not sent yet, and no attempt was used.', ...(replayed ? [replayed] : [])];
  return [
    'Not delivered yet.',
    lastAttemptSentence(facts, last, times),
    'The next attempt is due; it waits, and is not used up.',
  ];
}

export function explainDue(facts: DeliveryFacts, times: Times): Explained {
  if (!facts.isLiveKnown) {
    const unknown = 'It is due. Whether it waits for its endpoint is unknown, because Redis does not answer.';
    return { code: 'due-unknown', sentences: [...notYet(facts, times), unknown] };
  }
  return { code: 'due', sentences: [...notYet(facts, times), 'It goes out as soon as a worker takes it.'] };
}

/** Due, but the gate lets it wait. */
export function explainParked(facts: DeliveryFacts, times: Times): Explained {
  const { host, live, ratePerSecond } = facts;
  const start = notYet(facts, times);
  if (!live) return explainDue({ ...facts, isLiveKnown: false }, times);
  const { breaker, pausedUntil, failures, share, inFlight } = live;
  const failed = `${host} has failed ${inDigits(failures)} ${plural(failures, 'time', 'times')} in a row`;
  const until = pausedUntil && times.at(pausedUntil);
  if (breaker === 'open') {
    const paused = `${failed}, so sending to it is paused until ${until ?? 'a time that is unknown'}; then one delivery tests it.`;
    return { code: 'waiting-breaker', sentences: [...start, paused, ...waiting(live.parked, 'once it answers')] };
  }
  if (breaker === 'half-open') {
    const tested = `${failed}, so one delivery at a time tests it.`;
    return { code: 'waiting-breaker', sentences: [...start, tested, ...waiting(live.parked, 'once it answers')] };
  }
  if (until !== undefined) {
    const paused = `The receiver asked for a pause, so nothing is sent to ${host} until ${until}.`;
    return { code: 'waiting-pause', sentences: [...start, paused, ...waiting(live.parked, 'after that')] };
  }
  if (inFlight >= share) {
    const most = `${host} is being sent ${inWords(inFlight)} ${plural(inFlight, 'request', 'requests')} right now, as many as it may get at once; with every success it may get more.`;
    return { code: 'waiting-share', sentences: [...start, most, ...waiting(live.parked, 'as those end')] };
  }
  if (ratePerSecond !== undefined) {
    const rate = `At most ${inDigits(ratePerSecond)} ${plural(ratePerSecond, 'request', 'requests')} a second go to this endpoint.`;
    return { code: 'waiting-rate', sentences: [...start, rate, ...waiting(live.parked, 'at that rate')] };
  }
  const room = 'It is due, and waits for room among the workers, which all tenants share.';
  return { code: 'waiting-room', sentences: [...start, room, ...waiting(live.parked, 'as soon as there is room')] };
}

function waiting(parked: number, when: string): string[] {
  if (parked <= 1) return ['No other delivery waits for this endpoint.', `It goes out by itself ${when}.`];
  return [`${inDigits(parked)} deliveries wait for this endpoint.`, `They go out by themselves ${when}.`];
}

export function explainBlocked(facts: DeliveryFacts, times: Times): Explained {
  const { id, state } = facts.course.blockedBy ?? {};
  const head =
    id === undefined
      ? 'An earlier delivery of the same pass is open'
      : `An earlier delivery of the same pass, ${id}, is ${state}`;
  return {
    code: 'blocked',
    sentences: [
      'Not sent yet, and no attempt was used.',
      replaySentence(facts, times),
      `${head}, and this subscription delivers the events of a pass one after another.`,
      'It goes out by itself when that one has ended.',
      state === 'held' ? 'To hurry, enable what holds that one, or cancel it.' : 'To hurry, retry or cancel that one.',
    ],
  };
}

export function explainSending(facts: DeliveryFacts, times: Times): Explained {
  const number = facts.delivery.attempts + 1;
  return {
    code: 'sending',
    sentences: [
      'Being sent right now.',
      replaySentence(facts, times),
      `The result of attempt ${number} is shown as soon as it has ended.`,
    ],
  };
}

/** More are not counted. */
export const MOST_HELD_COUNTED = 10_000;

export function explainHeld(facts: DeliveryFacts, times: Times): Explained {
  const { delivery, course, disabled, heldBefore, host, whoIs, attempts } = facts;
  const since = course.changes.findLast(({ kind }) => kind === 'held')?.at ?? delivery.createdAt;
  const held = `Held since ${times.around(since)}.`;
  if (!disabled)
    return { code: 'held-released', sentences: [held, 'Its subscription is enabled again, so it goes out in a moment.'] };
  const { reason, by } = disabled;
  const subject = reason === 'requested' ? 'the subscription' : 'the endpoint';
  const before =
    heldBefore > MOST_HELD_COUNTED
      ? `more than ${inDigits(MOST_HELD_COUNTED)} deliveries`
      : heldBefore === 1
        ? 'the one delivery'
        : `the ${inDigits(heldBefore)} deliveries`;
  const enabling =
    heldBefore === 0
      ? `Enabling ${subject} sends it.`
      : `Enabling ${subject} sends ${before} held before this one, then this one.`;
  const causes = {
    requested: `Its subscription was disabled by ${whoIs(by)}.`,
    gone: 'The receiver answered 410 Gone, so its subscriptions were disabled.',
    failing: `${host} failed for too long, so its subscriptions were disabled.`,
    paused: 'A person disabled the endpoint.',
  };
  return {
    code: `held-${reason}`,
    sentences: [held, causes[reason], attempts.length > 0 ? used(facts) : undefined, enabling],
  };
}

function used(facts: DeliveryFacts): string | undefined {
  const last = facts.attempts.at(-1);
  const isGone = last?.outcome.kind === 'response' && last.outcome.status === GONE_STATUS;
  if (isGone) return undefined;
  const made = scheduledNumber(facts);
  const planned = plannedAttempts(facts);
  return planned === undefined
    ? undefined
    : `${capitalised(inWords(made))} of ${inWords(planned)} attempts ${plural(made, 'was', 'were')} made before.`;
}
