import { showNumber } from '../../format/time.ts';
import { ranges } from '../../strings/ranges.ts';

export const endpoint = {
  back: 'Endpoints',
  id: 'Endpoint',
  url: 'URL',
  tenant: 'Tenant',
  integration: 'Integration',
  limits: 'Limits',
  limitsOf: (maxInFlight: number, rate: number | null) =>
    `${showNumber(maxInFlight)} at the same time${rate === null ? '' : `, ${showNumber(rate)}/s`}`,
  now: 'Now',
  shareOf: (share: number, inFlight: number) => `share of ${showNumber(share)}, ${showNumber(inFlight)} in flight`,
  unknown: 'unknown',
  lastAnswer: 'Last answer',
  waiting: 'Waiting',
  deliveries: 'Its deliveries',
  works: 'It works. Nothing needs to be done.',
  recover: (since: string) => `Recover since ${since}`,
  period: 'Period of the chart',
  periods: ranges.lasts,
  changes: 'Changes',
  auditMissing: 'Who enabled and disabled it is in the audit log, which your key may not read.',
  columns: { at: 'When', what: 'What', who: 'Who', why: 'Why' },
  what: {
    created: 'First used',
    failing: 'Began to fail',
    failedLast: 'Last began to fail',
    enabled: 'Enabled',
    disabled: 'Disabled',
  },
  passwire: 'Passwire',
  because: {
    gone: 'The receiver answered 410 Gone.',
    failing: 'It failed for too long.',
    requested: 'Its subscription was disabled.',
    paused: 'A person paused the endpoint.',
  },
  subscriptions: 'Subscriptions',
  noSubscriptions: 'No subscription sends to it any more.',
  subscriptionColumns: { state: 'State', trigger: 'Trigger', template: 'Template', id: 'Subscription' },
  allTemplates: 'all templates',
};
