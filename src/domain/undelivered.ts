/** Why no subscription of the tenant got an event when it was accepted, in a few words for people. */
export const UNDELIVERED_TEXTS = {
  'no-subscription': 'no subscription has its trigger',
  filtered: 'the subscriptions with its trigger are for other templates, or their filters keep it out',
  'outside-window': 'the subscriptions that match it are outside their time window',
} as const;

export type UndeliveredReason = keyof typeof UNDELIVERED_TEXTS;
export const UNDELIVERED_REASONS = Object.keys(UNDELIVERED_TEXTS) as UndeliveredReason[];
