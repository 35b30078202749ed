import { showDuration, showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

/** Below it `showDuration` has milliseconds, which say nothing of what waits. */
const WHOLE_BELOW_MS = 10_000;

export const board = {
  title: navigation.endpoints,
  attention: (count: number, all: number) =>
    `${showNumber(count)} of ${showNumber(all)} ${count === 1 ? 'needs' : 'need'} attention.`,
  sortAgain: 'Sort again',
  filters: { condition: 'State', any: 'Any state', host: 'Host contains' },
  chip: { condition: (name: string) => `State: ${name}`, host: (host: string) => `Host: ${host}` },
  columns: {
    condition: 'State',
    endpoint: 'Endpoint',
    since: 'Since',
    answer: 'Last answer',
    breaker: 'Breaker',
    share: 'Share',
    inFlight: 'In flight',
    waiting: 'Waiting',
    hour: 'Last hour',
  },
  breakers: { closed: 'closed', open: 'open', 'half-open': 'half-open' },
  /** Of the limit, and the rate where there is one. */
  share: (share: number | undefined, most: number, perSecond: number | null) =>
    `${share === undefined ? 'unknown' : showNumber(share)} of ${showNumber(most)}${perSecond === null ? '' : `, ${showNumber(perSecond)}/s`}`,
  waiting: (count: number, oldestMs: number) =>
    `${showNumber(count)} for ${oldestMs < WHOLE_BELOW_MS ? `${Math.round(oldestMs / 1000)} s` : showDuration(oldestMs)}`,
  because: (whose: string, reason: string) => (whose === '' ? reason : `${whose}. ${reason}`),
  unknown: 'unknown',
  none: 'No endpoints yet.',
  noneText: 'An endpoint is an integration together with one URL that a subscription sends to.',
  noMatch: 'No endpoint matches.',
  remove: 'Remove:',
  shownOf: (shown: number, all: number) =>
    `The ${showNumber(shown)} that need attention most are shown, of ${showNumber(all)}. Filter by the host to see others.`,
};
