import { showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

const plural = new Intl.PluralRules('en');

function letters(count: number): string {
  return plural.select(count) === 'one' ? 'one dead letter' : `${showNumber(count)} dead letters`;
}

export const deadLetters = {
  title: navigation.deadLetters,
  columns: { state: 'State', trigger: 'Trigger', pass: 'Pass', reason: 'Why it failed', created: 'Written' },
  open: 'Open',
  filters: {
    open: 'State',
    choices: { true: 'Open', false: 'Replayed and discarded', '': 'All' },
    passId: 'Pass id',
  },
  chip: {
    subscriptionId: (id: string) => `Subscription: ${id}`,
    passId: (id: string) => `Pass: ${id}`,
  },
  none: 'No open dead letters.',
  noneText: 'Nothing has failed permanently.',
  noneClosed: 'Nothing was replayed or discarded yet.',
  noMatch: 'No dead letter matches.',
  remove: 'Remove:',
  discard: 'Discard selected',
  discardFound: 'Discard what this filter finds',
  discardFoundTitle: 'Discard all open dead letters that this filter finds?',
  countingDiscards: 'Counting what would be discarded.',
  wouldBeDiscarded: (count: number, subscriptions: number) => {
    if (count === 0) return 'Nothing matches, so nothing can be discarded.';
    const whose =
      plural.select(subscriptions) === 'one' ? 'one subscription' : `${showNumber(subscriptions)} subscriptions`;
    return `${letters(count)} of ${whose} would be closed without being sent. The deliveries and their attempts stay in the log.`;
  },
  discardTitle: (count: number) => `Discard ${letters(count)}?`,
  discardText: 'They are closed without being sent. The deliveries and their attempts stay in the log.',
  discardAction: (count: number) => `Discard ${showNumber(count)}`,
  reason: 'Reason',
  reasonHint: 'It is kept in the audit log.',
  discarded: (count: number) => `${letters(count)} discarded.`,
  failedOf: (failed: number, count: number) => `${showNumber(failed)} of ${showNumber(count)} could not be discarded.`,
};
