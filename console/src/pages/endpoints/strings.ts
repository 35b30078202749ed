import { showDuration, showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

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
    rate: 'Rate',
    inFlight: 'In flight',
    waiting: 'Waiting',
    hour: 'Last hour',
    action: 'Action',
  },
  breakers: { closed: 'closed', open: (until: string) => `open ${until}`, 'half-open': 'half-open' },
  share: (share: number, most: number) => `${showNumber(share)} of ${showNumber(most)}`,
  rate: (perSecond: number) => `${showNumber(perSecond)}/s`,
  noRate: 'no limit',
  waiting: (count: number, oldestMs: number) => `${showNumber(count)}, ${showDuration(oldestMs)}`,
  unknown: 'unknown',
  none: 'No endpoints yet.',
  noneText: 'An endpoint is an integration together with one URL that a subscription sends to.',
  noMatch: 'No endpoint matches.',
  remove: 'Remove:',
  shownOf: (shown: number, all: number) =>
    `The ${showNumber(shown)} that need attention most are shown, of ${showNumber(all)}. Filter by the host to see others.`,
};
