import { describe, expect, test } from 'vitest';
import { type Attempt, SEND_FAILURES } from '../../../src/domain/attempt.ts';
import { type FailureClass, measuresOf, statisticsOf } from '../../../src/domain/statistics.ts';

const timings = (totalMs: number) => ({ remoteAddress: undefined, timings: { totalMs } });
const answer = (status: number, totalMs = 10): Attempt['outcome'] => ({
  kind: 'response',
  status,
  headers: {},
  body: { text: '', truncated: false },
  ...timings(totalMs),
});

/** The statistics of attempts. */
function counted(
  attempts: readonly (readonly [outcome: Attempt['outcome'], verdict: Attempt['verdict'], state: string])[],
) {
  const counts = new Map<number, number>();
  for (const [outcome, verdict, state] of attempts) {
    for (const measure of measuresOf({ outcome, verdict }, state)) counts.set(measure, (counts.get(measure) ?? 0) + 1);
  }
  return statisticsOf(counts);
}

test('attempts by verdict, and deliveries that ended', () => {
  const statistics = counted([
    [answer(200), 'delivered', 'succeeded'],
    [answer(200), 'delivered', 'succeeded'],
    [answer(503), 'retryable', 'retrying'],
    [answer(503), 'retryable', 'dead'],
    [answer(413), 'permanent', 'dead'],
  ]);
  expect(statistics).toMatchObject({
    attempts: { delivered: 2, retryable: 2, permanent: 1 },
    ended: { succeeded: 2, dead: 2 },
    failures: { '5xx': 2, '4xx': 1 },
  });
});

const failure = (kind: (typeof SEND_FAILURES)[number]): Attempt['outcome'] => ({
  kind: 'failure',
  failure: kind,
  detail: '',
  ...timings(1),
});

test.each<readonly [FailureClass, Attempt['outcome']]>([
  ...SEND_FAILURES.map((kind) => [kind, failure(kind)] as const),
  ['unbuildable', { kind: 'unbuildable', reason: 'wallet' }],
  ['3xx', answer(302)],
  ['4xx', answer(404)],
  ['410', answer(410)],
  ['429', answer(429)],
  ['5xx', answer(500)],
  ['5xx', answer(599)],
  ['other', answer(204)],
  ['other', answer(700)],
])('a failure of the class %s', (name, outcome) => {
  expect(counted([[outcome, 'retryable', 'retrying']]).failures).toEqual({ [name]: 1 });
});

describe('answer times', () => {
  test('without an answer there are none', () => {
    expect(counted([[failure('timeout'), 'retryable', 'retrying']]).answerMs).toBeUndefined();
  });

  test.each([1, 3.7, 10, 88, 182, 999, 10_000, 59_999])('of %d ms are at most 9.1 % off', (ms) => {
    const { answerMs } = counted([[answer(200, ms), 'delivered', 'succeeded']]);
    const off = (answerMs?.p50 ?? 0) / ms;
    expect(off).toBeGreaterThan(1 / 1.0906);
    expect(off).toBeLessThan(1.0906);
  });

  test('percentiles are those of all answers', () => {
    const times = Array.from({ length: 1000 }, (_, index) => index + 1);
    const { answerMs } = counted(times.map((ms) => [answer(200, ms), 'delivered', 'succeeded'] as const));
    for (const [name, exact] of [
      ['p50', 500],
      ['p95', 950],
      ['p99', 990],
    ] as const) {
      const ratio = (answerMs?.[name] ?? 0) / exact;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    }
  });

  test('of nothing and of an age are the shortest and the longest class', () => {
    expect(counted([[answer(200, 0), 'delivered', 'succeeded']]).answerMs?.p50).toBeLessThan(1.2);
    expect(counted([[answer(200, 1e12), 'delivered', 'succeeded']]).answerMs?.p50).toBeGreaterThan(1e7);
  });
});
