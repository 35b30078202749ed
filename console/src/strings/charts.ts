import { showDuration, showNumber } from '../format/time.ts';

export const charts = {
  showTable: 'Show as table',
  hideTable: 'Hide the table',
  tableOf: (name: string) => `${name}, as a table`,
  emptyLeftOut: 'Times without data are left out.',
  asOf: 'as of',
  buckets: (stepMs: number) => `${showDuration(stepMs)} each`,
  at: 'From',
  noData: 'No data',
  nothing: 'There are no data for this period.',
  attempts: {
    name: 'Attempts by outcome',
    series: { delivered: 'Delivered', retryable: 'Retryable', permanent: 'Permanent' },
    sentence: ({ delivered, retryable, permanent }: Readonly<Record<'delivered' | 'retryable' | 'permanent', number>>) =>
      `${attemptsOf(delivered)} delivered, ${showNumber(retryable)} failed for a reason that is retried, ${showNumber(permanent)} failed permanently. Tests are not counted.`,
  },
  answers: {
    name: 'Answer time',
    series: { p50: 'p50', p95: 'p95', p99: 'p99' },
    sentence: ({ p50, p95, p99 }: Readonly<Record<'p50' | 'p95' | 'p99', number>>) =>
      `Half of the answers took less than ${showDuration(p50)}, 95\u00a0% less than ${showDuration(p95)}, 99\u00a0% less than ${showDuration(p99)}.`,
    none: 'No answer was received in this period.',
  },
};

function attemptsOf(count: number): string {
  const noun = new Intl.PluralRules('en').select(count) === 'one' ? 'attempt was' : 'attempts were';
  return `${showNumber(count)} ${noun}`;
}
