import type { Schemas } from '../../../client/index.ts';

type Reason = NonNullable<Schemas['EventRecord']['undelivered']>;

/** Why an event led to no delivery when it was accepted. */
export const undelivered: Readonly<Record<Reason, (trigger: string) => string>> = {
  'no-subscription': (trigger) => `No subscription to ${trigger} existed when it was accepted.`,
  filtered: (trigger) =>
    `The subscriptions to ${trigger} are for other templates, or their filters kept it out when it was accepted.`,
  'outside-window': (trigger) =>
    `The subscriptions to ${trigger} that match it were outside their time window when it was accepted.`,
};
