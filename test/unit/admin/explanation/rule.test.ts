import { expect, test } from 'vitest';
import { ruleOf } from '../../../../src/admin/explanation/rule.ts';
import type { Attempt } from '../../../../src/domain/attempt.ts';
import { answered, failed, unbuildable, VIBES_POLICY } from './facts.ts';

const vibes = { label: 'Vibes', policy: VIBES_POLICY };
const permanent = { verdict: 'permanent' } as const;

test.each<[Attempt, string, string]>([
  [answered(1, '10:00:00', 204), 'success', 'An answer from 200 to 299 is a success.'],
  [
    answered(1, '10:00:00', 410, permanent),
    'gone',
    'The answer 410 Gone ends the delivery, and disables the subscriptions of its endpoint.',
  ],
  [
    answered(1, '10:00:00', 404, permanent),
    'permanent-status',
    'Vibes deliveries are not retried after an answer from 400 to 499 other than 408 and 429.',
  ],
  [
    answered(1, '10:00:00', 503, permanent),
    'permanent-status',
    'By the policy of that time, nothing is retried after an answer 503.',
  ],
  [answered(1, '10:00:00', 503), 'retryable-status', 'An answer 503 is no success and not final, so it is retried.'],
  [
    answered(1, '10:00:00', 503, { headers: { 'retry-after': '90' } }),
    'retry-after',
    'An answer 503 is retried. The receiver asked for a wait of 1 min 30 s (Retry-After), which is obeyed up to 24 h.',
  ],
  [failed(1, '10:00:00', 'timeout'), 'no-answer', 'An attempt without a complete answer is retried.'],
  [
    unbuildable(1, '10:00:00', 'no scan'),
    'unbuildable',
    'A body that cannot be built from the event is not retried, since it could not be built later either.',
  ],
  [
    unbuildable(1, '10:00:00', 'no key', { verdict: 'retryable' }),
    'not-composed',
    'Nothing was sent, for a reason that can be repaired meanwhile, so it is retried.',
  ],
])('%#: %o', (attempt, code, text) => {
  expect(ruleOf(attempt, vibes)).toEqual({ code, text });
});
