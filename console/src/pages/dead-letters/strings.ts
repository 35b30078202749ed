import { showDuration, showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

const plural = new Intl.PluralRules('en');

function letters(count: number): string {
  return plural.select(count) === 'one' ? 'one dead letter' : `${showNumber(count)} dead letters`;
}

function deliveries(count: number): string {
  return plural.select(count) === 'one' ? 'one delivery' : `${showNumber(count)} deliveries`;
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
  selected: (count: number) => `${showNumber(count)} selected`,
  replay: 'Replay selected',
  discard: 'Discard selected',
  clear: 'Clear selection',
  counting: 'Counting what would be sent.',
  replayTitle: (count: number) => `Send ${letters(count)} again?`,
  replayText: (count: number, endpoints: number) => {
    const where = plural.select(endpoints) === 'one' ? 'one endpoint' : `${showNumber(endpoints)} endpoints`;
    return `${deliveries(count)} to ${where} would be sent again: the same bodies with the same webhook-ids, so that a receiver recognises what it has already.`;
  },
  leftOut: (count: number) =>
    `${deliveries(count)} cannot be sent: the subscription was deleted, or it succeeded meanwhile.`,
  takes: (seconds: number) => `At 10 per second this takes about ${showDuration(Math.max(10_000, seconds * 1000))}.`,
  nothingToSend: 'Nothing of this can be sent again.',
  send: (count: number) => `Send ${showNumber(count)} again`,
  started: (count: number) => `${deliveries(count)} will be sent again.`,
  discardTitle: (count: number) => `Discard ${letters(count)}?`,
  discardText: 'They are closed without being sent. The deliveries and their attempts stay in the log.',
  discardAction: (count: number) => `Discard ${showNumber(count)}`,
  reason: 'Reason',
  reasonHint: 'It is kept in the audit log.',
  reasonNeeded: 'Say why.',
  discarded: (count: number) => `${letters(count)} discarded.`,
  failedOf: (failed: number, count: number) => `${showNumber(failed)} of ${showNumber(count)} could not be discarded.`,
};
