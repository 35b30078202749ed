import { showNumber } from '../format/time.ts';

const plural = new Intl.PluralRules('en');
const problemsWord = (count: number) => (plural.select(count) === 'one' ? 'problem' : 'problems');

export const preview = {
  title: 'What the receiver gets',
  body: 'Body',
  headers: 'Headers',
  before: 'Before mapping',
  beforeLabel: 'Body before the mapping',
  form: 'Form of the body',
  changes: 'Changes',
  exact: 'As sent',
  counts: (removed: number, renamed: number) => `${showNumber(removed)} removed, ${showNumber(renamed)} renamed`,
  was: (name: string) => `was ${name}`,
  removed: 'removed',
  problems: (count: number) => `Nothing to show yet: ${showNumber(count)} ${problemsWord(count)}.`,
  lastGood: (count: number) => `The last preview that worked (${showNumber(count)} ${problemsWord(count)} now).`,
  filteredOut: (why: string) => `This event would not be sent, because ${why}.`,
  source: 'Event shown',
  sample: 'A sample',
  pasted: 'Paste an event',
  pastedLabel: 'An event, as it is posted to /v1/events',
  show: 'Show it',
  noJson: 'This is no JSON.',
};
