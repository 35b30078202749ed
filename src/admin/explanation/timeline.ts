import type { Attempt } from '../../domain/attempt.ts';
import type { CourseChange } from '../../domain/delivery-course.ts';
import { describeOutcome } from './describe-outcome.ts';
import { type DeliveryFacts, isByHand } from './facts.ts';
import { nextAttempt } from './next-attempt.ts';
import { plannedAttempts, scheduledNumber } from './sentences.ts';
import { duration } from './words.ts';

export const TIMELINE_KINDS = [
  'accepted',
  'attempt',
  'held',
  'released',
  'blocked',
  'parked',
  'retried',
  'brought_forward',
  'replayed',
  'rendered_anew',
  'discarded',
  'ended',
  'planned',
  'planned_last',
] as const;

/** One thing that happened to a delivery, or that is planned. */
export interface TimelineEntry {
  readonly kind: (typeof TIMELINE_KINDS)[number];
  /** Undefined: now, and since when is not stored (`parked`). */
  readonly at: Date | undefined;
  readonly isPlanned: boolean;
  readonly text: string;
  /** Who did it: an API key's id, or `system`. */
  readonly by: string | undefined;
  /** The number of the attempt. */
  readonly attempt: number | undefined;
}

/** What happened to a delivery, oldest first, then what is planned. */
export function timelineOf(facts: DeliveryFacts): readonly TimelineEntry[] {
  const { attempts, course } = facts;
  const past = [
    acceptance(facts),
    ...attempts.map((attempt) => attemptEntry(facts, attempt)),
    ...course.changes.flatMap((change) => changeEntries(facts, change)),
    ...course.letters.flatMap(({ closed }) =>
      closed?.as === 'discarded'
        ? [
            entry(
              'discarded',
              closed.at,
              `dead letter discarded by ${facts.whoIs(closed.by)}${closed.reason ? `: ${closed.reason}` : ''}`,
              { by: closed.by },
            ),
          ]
        : [],
    ),
    ...ending(facts),
  ];
  const sorted = past.toSorted((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  return [...sorted, ...present(facts), ...planned(facts)];
}

interface More {
  readonly by?: string | undefined;
  readonly attempt?: number;
  readonly isPlanned?: boolean;
}

function entry(kind: TimelineEntry['kind'], at: Date | undefined, text: string, more: More = {}): TimelineEntry {
  const { by, attempt, isPlanned = false } = more;
  return { kind, at, isPlanned, text, by, attempt };
}

function acceptance({ delivery }: DeliveryFacts): TimelineEntry {
  const { kind, test, replayOf, createdAt } = delivery;
  if (kind === 'unsubscribe') return entry('accepted', createdAt, 'made, because its subscription was deleted');
  if (test) return entry('accepted', createdAt, 'test requested');
  return entry('accepted', createdAt, replayOf ? `rendered anew as a replay of ${replayOf}` : 'accepted (event)');
}

function attemptEntry(facts: DeliveryFacts, attempt: Attempt): TimelineEntry {
  const { number, outcome, startedAt } = attempt;
  const hand = isByHand(facts, number) ? ', by hand' : '';
  const { byReceiver } = describeOutcome(attempt, facts.judge?.policy.timeoutMs);
  const what =
    outcome.kind === 'response'
      ? `${outcome.status} in ${duration(outcome.timings.totalMs)}`
      : outcome.kind === 'unbuildable'
        ? 'nothing sent'
        : byReceiver;
  return entry('attempt', startedAt, `attempt ${number}${hand}: ${what}`, { attempt: number });
}

function changeEntries({ whoIs }: DeliveryFacts, change: CourseChange): TimelineEntry[] {
  const { kind, at, by, was, as, reason } = change;
  const who = whoIs(by);
  switch (kind) {
    case 'held':
      return [entry(kind, at, `held, because its subscription was disabled${reason ? ` (${reason})` : ''}`)];
    case 'released':
      return [entry(kind, at, 'released, because its subscription was enabled')];
    case 'retried':
      return [entry(kind, at, `retried by ${who}`, { by })];
    case 'brought_forward':
      return [entry(kind, at, 'retry brought forward, because its endpoint was enabled')];
    case 'rendered_anew':
      return [entry(kind, at, `rendered anew as ${as ?? 'another delivery'} by ${who}`, { by })];
    case 'replayed':
      return [
        ...(was?.at
          ? [entry('ended', was.at, endedText(was.state, was.reason, was.by && whoIs(was.by)), { by: was.by })]
          : []),
        entry(kind, at, `replayed by ${who}`, { by }),
      ];
  }
}

function ending({ delivery, whoIs }: DeliveryFacts): TimelineEntry[] {
  const { endedAt, state, endedReason, endedBy } = delivery;
  return endedAt
    ? [entry('ended', endedAt, endedText(state, endedReason, endedBy && whoIs(endedBy)), { by: endedBy })]
    : [];
}

function endedText(state: string, reason: string | undefined, by: string | undefined): string {
  if (state === 'cancelled') return `cancelled by ${by ?? 'Passwire'}${reason ? `: ${reason}` : ''}`;
  return state === 'dead' ? `failed permanently${reason ? `: ${reason}` : ''}` : 'delivered';
}

/** What it waits for now. */
function present({ delivery, course, host, live }: DeliveryFacts): TimelineEntry[] {
  if (delivery.state === 'blocked') {
    return [entry('blocked', undefined, `waits for ${course.blockedBy?.id ?? 'an earlier delivery'} of the same pass`)];
  }
  if (delivery.state !== 'parked') return [];
  const why = live && live.breaker !== 'closed' ? `${host} is failing` : 'its endpoint or the workers have no room';
  return [entry('parked', undefined, `due, but waits: ${why}`)];
}

function planned(facts: DeliveryFacts): TimelineEntry[] {
  const { delivery, course, judge } = facts;
  const next = nextAttempt(facts);
  if (!next) return [];
  const number = delivery.attempts + 1;
  const total = plannedAttempts(facts);
  const made = Math.max(0, delivery.attempts - course.attemptsBefore);
  const of = total === undefined ? '' : ` of ${Math.max(total, made + 1) + delivery.attempts - made}`;
  const entries = [entry('planned', next.at, `attempt ${number}${of}`, { attempt: number, isPlanned: true })];
  const { plannedAt } = course;
  if (plannedAt) entries.push(entry('planned', plannedAt, 'planned attempt, should that fail', { isPlanned: true }));
  const later = judge && delivery.state !== 'pending' ? judge.policy.retryDelaysMs.slice(scheduledNumber(facts)) : [];
  if (total !== undefined && later.length > 0 && made > 0) {
    const lastAt = new Date(next.at.getTime() + later.reduce((sum, ms) => sum + ms, 0));
    entries.push(entry('planned_last', lastAt, 'last attempt, about this time', { isPlanned: true }));
  }
  return entries;
}
