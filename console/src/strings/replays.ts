import { showNumber } from '../format/time.ts';

// What the list of replays, a replay, a new one and the lists that lead to it have in common.

const plural = new Intl.PluralRules('en');
const list = new Intl.ListFormat('en', { type: 'disjunction' });

const isOne = (count: number): boolean => plural.select(count) === 'one';

export const replays = {
  deliveries: (count: number) => `${showNumber(count)} ${isOne(count) ? 'delivery' : 'deliveries'}`,
  events: (count: number) => `${showNumber(count)} ${isOne(count) ? 'event' : 'events'}`,
  modes: {
    same: 'The same bodies, with the same webhook-ids',
    fresh: 'Rendered anew, with new webhook-ids',
    backfill: 'Past events, delivered for the first time',
  },
  states: { dead: 'dead', retrying: 'retrying', succeeded: 'succeeded', cancelled: 'cancelled' },
  what: {
    states: (states: readonly string[], isSingle: boolean) => `that ${isSingle ? 'is' : 'are'} ${list.format(states)}`,
    trigger: (trigger: string) => `of the trigger ${trigger}`,
    status: (status: string) => `last answered with ${status}`,
    passId: (id: string) => `of the pass ${id}`,
    endpointId: (id: string) => `to the endpoint ${id}`,
    integrationId: (id: string) => `of the integration ${id}`,
    subscriptionId: (id: string) => `of the subscription ${id}`,
    templateId: (id: string) => `of the template ${id}`,
    eventId: (id: string) => `of the event ${id}`,
    failure: (failure: string) => `that got no answer (${failure})`,
    url: (url: string) => `to URLs at ${url}`,
    userProvidedId: (id: string) => `of the customer's pass ${id}`,
    trackingId: (id: string) => `with the tracking id ${id}`,
    producerId: (id: string) => `of the producer's event ${id}`,
    attemptedAfter: (at: string) => `last attempted from ${at} on`,
    attemptedBefore: (at: string) => `last attempted before ${at}`,
    between: (after: string, before: string, zone: string) => `from ${after} to ${before} (${zone})`,
    since: (after: string, zone: string) => `since ${after} (${zone})`,
    until: (before: string, zone: string) => `until ${before} (${zone})`,
  },
  all: { deliveries: 'Deliveries', events: 'Events' },
  chosen: {
    deliveries: (count: number) => (isOne(count) ? 'One chosen delivery' : `${showNumber(count)} chosen deliveries`),
    events: (count: number) => (isOne(count) ? 'One chosen event' : `${showNumber(count)} chosen events`),
  },
  /** The noun, then what narrows it: "Deliveries that are dead, of the trigger pass.updated." */
  sentence: (noun: string, [first, ...rest]: readonly string[]) =>
    `${[first === undefined ? noun : `${noun} ${first}`, ...rest].join(', ')}.`,
  ended: ({ total, delivered, failed, left }: Readonly<Record<'total' | 'delivered' | 'failed' | 'left', number>>) =>
    `${showNumber(total)} replayed: ${showNumber(delivered)} delivered, ${showNumber(failed)} failed${left > 0 ? `, ${showNumber(left)} not sent` : ''}.`,
  running: (count: number) => `${showNumber(count)} ${isOne(count) ? 'replay runs' : 'replays run'}`,
  runningOne: (percent: number) => `Replay: ${showNumber(percent)}\u00a0%`,
  selection: {
    selected: (count: number) => `${showNumber(count)} selected`,
    replay: (count: number) => (isOne(count) ? 'Replay this one' : `Replay these ${showNumber(count)}`),
    tooMany: (most: number) =>
      `At most ${showNumber(most)} can be chosen by hand. Replay what the filter finds, or choose fewer.`,
    clear: 'Clear selection',
    toSubscription: 'Send to a subscription',
    found: 'Replay what this filter finds',
  },
};
