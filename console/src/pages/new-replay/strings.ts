import { showDuration, showNumber } from '../../format/time.ts';
import { replays } from '../../strings/replays.ts';

const plural = new Intl.PluralRules('en');
const list = new Intl.ListFormat('en');
const isOne = (count: number): boolean => plural.select(count) === 'one';
const endpointsOf = (count: number): string => (isOne(count) ? 'one endpoint' : `${showNumber(count)} endpoints`);
const MIN_MS = 60_000;

/** What a dry run says of the states of deliveries. */
const STATE_WORDS = {
  dead: (count: number) => `${showNumber(count)} ${isOne(count) ? 'is' : 'are'} dead`,
  retrying: (count: number) => `${showNumber(count)} ${isOne(count) ? 'is' : 'are'} retrying and would go now`,
  succeeded: (count: number) => `${showNumber(count)} succeeded before and would arrive a second time`,
  cancelled: (count: number) => `${showNumber(count)} ${isOne(count) ? 'was' : 'were'} cancelled`,
};

type ByState = Readonly<Partial<Record<keyof typeof STATE_WORDS, number>>>;

export const newReplay = {
  title: 'New replay',
  back: 'Replays',
  what: 'What',
  how: 'How',
  filters: {
    states: 'States',
    chooseStates: 'Choose the states',
    trigger: 'Trigger',
    anyTrigger: 'Any trigger',
    status: 'Status',
    statusHint: '503 or 5xx',
    badStatus: 'A status as 503, or a class as 5xx.',
    passId: 'Pass id',
    subscription: 'Subscription that gets the events',
    since: 'Since',
  },
  chip: {
    endpointId: (id: string) => `Endpoint: ${id}`,
    integrationId: (id: string) => `Integration: ${id}`,
    subscriptionId: (id: string) => `Subscription: ${id}`,
    eventId: (id: string) => `Event: ${id}`,
    failure: (failure: string) => `No answer: ${failure}`,
    url: (url: string) => `URL: ${url}`,
    templateId: (id: string) => `Template: ${id}`,
    userProvidedId: (id: string) => `Customer's pass id: ${id}`,
    trackingId: (id: string) => `Tracking id: ${id}`,
    producerId: (id: string) => `Producer's id: ${id}`,
    attemptedAfter: (at: string) => `Attempted from ${at}`,
    attemptedBefore: (at: string) => `Attempted before ${at}`,
  },
  letters: 'Every open dead letter that the filter of their list finds.',
  failedOf: 'What this replay sent and what failed again:',
  recovery: 'What this endpoint did not get: its dead deliveries, and those that wait for a retry.',
  recoverySince: (since: string) => `Since ${since}.`,
  missing: {
    states: 'Choose the states of what is sent again.',
    start: 'Choose from when on: a replay has a beginning.',
    subscription: 'Choose the subscription that gets the events.',
  },
  notReplayed: (states: readonly string[]) =>
    `Left out: ${list.format(states)}. Such deliveries are sent by themselves and cannot be sent again.`,
  noTests: 'Tests are never part of a replay.',
  freshRetrying: 'Retrying ones are left out: they are on their way already, and are not rendered anew.',
  mode: 'Form',
  modes: replays.modes,
  modeHints: {
    same: 'A receiver that knows the webhook-id recognises what it has already.',
    fresh: 'With the fields of now. A receiver takes each of them for something new.',
  },
  rate: 'Rate',
  rateUnit: 'per second, in all',
  rateHint: 'Never above the limits of an endpoint.',
  badRate: 'From 0.1 to 500.',
  name: 'Name',
  nameHint: 'For the list of replays.',
  order: 'They go in the order in which they were made; those of an ordered subscription one after another for each pass.',
  dryRun: 'Dry run',
  dryRunOf: 'Dry run of',
  counting: 'Counting what would be sent. Nothing is sent.',
  again: 'Run again',
  wouldBeSent: (count: number, endpoints: number) =>
    `${replays.deliveries(count)} to ${endpointsOf(endpoints)} would be sent again`,
  wouldBackfill: (count: number, url: string) => `${replays.events(count)} would be delivered to ${url}.`,
  states: (states: ByState) => {
    const known = (Object.keys(STATE_WORDS) as (keyof ByState)[]).flatMap((state) => {
      const count = states[state];
      return count ? [STATE_WORDS[state](count)] : [];
    });
    return known.length === 0 ? '.' : `: ${list.format(known)}.`;
  },
  leftOut: (count: number) =>
    isOne(count)
      ? 'One is left out: it belongs to a deleted subscription.'
      : `${showNumber(count)} are left out: they belong to deleted subscriptions.`,
  backfillLeftOut: (count: number) =>
    isOne(count)
      ? 'One is left out by its filter or its time window.'
      : `${showNumber(count)} are left out by its filter or its time window.`,
  notFound: (count: number, asked: number) =>
    `${showNumber(count)} of the ${showNumber(asked)} ${isOne(count) ? 'is' : 'are'} left out: changed meanwhile, on ${isOne(count) ? 'its' : 'their'} way, or no longer stored.`,
  eventsNotFound: (count: number, asked: number) =>
    `${showNumber(count)} of the ${showNumber(asked)} ${isOne(count) ? 'is' : 'are'} no part of it: delivered there already, of another trigger or template, or no longer stored.`,
  takes: (rate: number, ms: number) => `At ${showNumber(rate)}/s this takes about ${showDuration(Math.max(10_000, ms))}.`,
  allWork: (count: number) => (isOne(count) ? 'The endpoint works.' : 'All of them work.'),
  someWork: (count: number) => (isOne(count) ? 'One endpoint works.' : `${showNumber(count)} endpoints work.`),
  waits: (host: string, count: number) =>
    `${host} does not take anything now, so its ${showNumber(count)} will wait until it does.`,
  held: (host: string, count: number) =>
    `${host} is disabled, so its ${showNumber(count)} will be held until it is enabled.`,
  backfillHeld: 'The subscription is disabled, so what is sent is held until it is enabled.',
  nothing: 'Nothing matches, so nothing can be started.',
  nearest: (chosen: readonly string[], found: readonly string[]) =>
    `None is ${chosen.join(' or ')}, but ${list.format(found)}.`,
  countOf: (count: number, state: string) => `${showNumber(count)} ${isOne(count) ? 'is' : 'are'} ${state}`,
  alsoThese: (state: string) => `Count those that are ${state} instead`,
  columns: { endpoint: 'Endpoint', leftOut: 'Left out', now: 'Now', waiting: 'Waiting' },
  pausedUntil: (time: string) => `until ${time}`,
  typeCount: (count: number) => `Type ${count} to confirm`,
  send: (count: number) => `Send ${showNumber(count)} again`,
  deliver: (count: number) => `Deliver ${replays.events(count)}`,
  cancel: 'Cancel',
  expired: (ageMs: number) =>
    `This dry run is older than ${showDuration(Math.round(ageMs / MIN_MS) * MIN_MS)}. Run it again before anything is sent.`,
  outdated: 'What would be sent has changed',
  outdatedText: (before: number, now: number) =>
    `The dry run found ${showNumber(before)}; now it is ${showNumber(now)}, ${showNumber(Math.abs(now - before))} ${now > before ? 'more' : 'fewer'}. Look at it again before it starts.`,
  defaultName: {
    filter: 'Replay',
    chosen: 'Chosen deliveries',
    letters: 'Dead letters',
    failed: 'Failed again',
    recovery: 'Recovery',
    backfill: 'Past events',
  },
};
