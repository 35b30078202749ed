import { showDuration, showNumber } from '../format/time.ts';

// What the board and the page of an endpoint say about it.

const plural = new Intl.PluralRules('en');
const isOne = (count: number): boolean => plural.select(count) === 'one';
const deliveries = (count: number): string => `${showNumber(count)} ${isOne(count) ? 'delivery' : 'deliveries'}`;

export const endpoints = {
  conditions: {
    disabled: 'Disabled',
    open: 'Breaker open',
    'half-open': 'Half-open',
    failing: 'Failing',
    throttled: 'Throttled',
    waiting: 'Waiting',
    working: 'Working',
  },
  disabled: {
    gone: 'Disabled: the receiver answered 410 Gone.',
    failing: 'Disabled: it failed for too long.',
    requested: 'Disabled: somebody disabled its subscriptions.',
    paused: 'Disabled by a person.',
  },
  pausedBecause: (reason: string) => `Disabled by a person: ${reason}`,
  held: (count: number) => `${deliveries(count)} ${isOne(count) ? 'is' : 'are'} held until it is enabled.`,
  failedInARow: (count: number) =>
    isOne(count) ? 'The last attempt failed.' : `The last ${showNumber(count)} attempts failed.`,
  pausedUntil: (time: string) => `Nothing is sent until ${time}; then one delivery tests it.`,
  testing: 'One delivery at a time tests whether it works again.',
  disables: (time: string) => `It is disabled on ${time} if it keeps failing.`,
  throttled: (time: string) => `The receiver asked for a pause until ${time}. Nothing needs to be done.`,
  waits: (count: number) => `${deliveries(count)} ${isOne(count) ? 'waits' : 'wait'} until it has room.`,
  liveUnknown: 'What it does now is unknown: Redis does not answer.',
  noAnswer: (tookMs: number) => `no answer, ${showDuration(tookMs)}`,
  answered: (status: number, tookMs: number) => `${status} in ${showDuration(tookMs)}`,
  notSent: 'could not be sent',
  none: 'none yet',
  lastHour: ({ delivered, retryable, permanent }: Readonly<Record<'delivered' | 'retryable' | 'permanent', number>>) =>
    `Attempts of the last hour: ${showNumber(delivered)} delivered, ${showNumber(retryable)} retryable, ${showNumber(permanent)} permanent`,
  enable: 'Enable',
  pause: 'Pause',
  enableTitle: (host: string) => `Enable ${host}?`,
  enableText: (held: number) =>
    held === 0
      ? 'Its breaker is closed, and its subscriptions are enabled.'
      : `Its breaker is closed, its subscriptions are enabled, and ${deliveries(held)} that ${isOne(held) ? 'is' : 'are'} held ${isOne(held) ? 'goes' : 'go'} out, oldest first.`,
  pauseTitle: (host: string) => `Pause ${host}?`,
  pauseText:
    'Its subscriptions are disabled, and what is for it is held until somebody enables it. Attempts in flight end.',
  reason: 'Reason',
  reasonHint: 'For the people who see it paused.',
};
