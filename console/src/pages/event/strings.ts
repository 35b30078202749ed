import { showNumber } from '../../format/time.ts';

const plural = new Intl.PluralRules('en');

export const event = {
  title: (trigger: string) => trigger,
  back: 'Events',
  of: 'Event',
  pass: 'Pass',
  template: 'Template',
  tenant: 'Tenant',
  producerId: "Producer's id",
  occurred: 'Happened',
  accepted: 'Accepted',
  derivedFrom: 'Derived from',
  posted: 'Event',
  deliveries: 'Deliveries',
  state: 'State',
  subscription: 'Subscription',
  endpoint: 'Endpoint',
  answer: 'Last answer',
  attempts: 'Attempts',
  ended: 'Next attempt or end',
  noAnswer: 'no answer',
  noneYet: 'none yet',
  summary: (count: number) =>
    plural.select(count) === 'one' ? 'It led to one delivery.' : `It led to ${showNumber(count)} deliveries.`,
  atLeast: (count: number) =>
    `It led to ${showNumber(count)} deliveries or more; the first ${showNumber(count)} are shown.`,
  undelivered: 'It led to no delivery.',
  undeliveredNext: 'A subscription that is made later does not get it by itself.',
  all: 'All deliveries of this event',
};
