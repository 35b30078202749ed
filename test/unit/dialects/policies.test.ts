import { expect, test } from 'vitest';
import { dialectNamed } from '../../../src/dialects/index.ts';
import type { DialectName } from '../../../src/domain/integration.ts';
import { includesStatus, STANDARD_RETRY_DELAYS_MS } from '../../../src/domain/policy.ts';

function policyOf(name: DialectName, options: object = {}, subscription: object = {}) {
  const dialect = dialectNamed(name);
  return dialect.policy(
    dialect.options.parse({ ...dialect.sampleOptions, ...options }),
    dialect.subscriptionOptions.parse(subscription),
  );
}

const FIVE_MINUTES = 300_000;

// vendors.md 1.3
test.each([
  { name: 'vibes', timeoutMs: 15_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
  { name: 'passcreator', subscription: { retryEnabled: true }, timeoutMs: 15_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
  { name: 'passcreator', timeoutMs: 15_000, retryDelaysMs: [] },
  { name: 'walletthat', timeoutMs: 10_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
  { name: 'walletthat-postback', timeoutMs: 10_000, retryDelaysMs: Array(5).fill(FIVE_MINUTES) },
  { name: 'passentry', timeoutMs: 15_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
  { name: 'standard', timeoutMs: 15_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
  { name: 'cloudevents', timeoutMs: 15_000, retryDelaysMs: STANDARD_RETRY_DELAYS_MS },
] as const)('$name waits $timeoutMs ms and has its retry delays', ({ name, timeoutMs, retryDelaysMs, ...rest }) => {
  const policy = policyOf(name, {}, 'subscription' in rest ? rest.subscription : {});
  expect(policy.timeoutMs).toBe(timeoutMs);
  expect(policy.retryDelaysMs).toEqual(retryDelaysMs);
});

test.each([
  [400, true],
  [404, true],
  [408, false],
  [410, true],
  [429, false],
  [499, true],
  [500, false],
  [301, false],
])('Vibes: %i is permanent: %s', (status, isPermanent) => {
  expect(includesStatus(policyOf('vibes').permanent, status)).toBe(isPermanent);
});

test.each(['passcreator', 'walletthat', 'walletthat-postback', 'passentry', 'standard', 'cloudevents'] as const)(
  '%s: only 410 and 413 are permanent',
  (name) => {
    const { permanent } = policyOf(name);
    expect([400, 404, 409, 410, 413, 422, 429, 500].filter((status) => includesStatus(permanent, status))).toEqual([
      410, 413,
    ]);
  },
);

test('any 2xx of the postback is a success, with exact200 only 200', () => {
  const codes = [200, 201, 202, 204, 299, 300];
  const accepted = (options: object) =>
    codes.filter((status) => includesStatus(policyOf('walletthat-postback', options).success, status));
  expect(accepted({})).toEqual([200, 201, 202, 204, 299]);
  expect(accepted({ exact200: true })).toEqual([200]);
});

test('E9: any 2xx of PassEntry is a success, whatever its body', () => {
  expect([200, 204, 299].every((status) => includesStatus(policyOf('passentry').success, status))).toBe(true);
});
