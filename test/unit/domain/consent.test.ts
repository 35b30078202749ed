import { expect, test } from 'vitest';
import { consentRefusal, consentRequestHeaders } from '../../../src/domain/consent.ts';

const ORIGIN = 'webhooks.example.com';

function answered(headers: Record<string, string>, status = 200) {
  const exchanged = { remoteAddress: undefined, timings: { totalMs: 1 } };
  return { kind: 'response', status, headers, body: { text: '', truncated: false }, ...exchanged } as const;
}

test.each([
  [{ 'webhook-allowed-origin': ORIGIN }, {}, undefined],
  [{ 'webhook-allowed-origin': '*' }, {}, undefined],
  [{ 'webhook-allowed-origin': 'WebHooks.Example.com ', 'webhook-allowed-rate': '*' }, {}, undefined],
  [{ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '120' }, { ratePerSecond: 2 }, undefined],
  [{}, {}, 'has no WebHook-Allowed-Origin'],
  [{ 'webhook-allowed-origin': 'other.example.com' }, {}, 'is not webhooks.example.com'],
  [{ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '120' }, {}, 'limits.ratePerSecond of the integration to 2'],
  [{ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '30' }, { ratePerSecond: 2 }, 'to 0.5 or less'],
  [{ 'webhook-allowed-origin': '*', 'webhook-allowed-rate': 'many' }, {}, 'neither a number nor *'],
])('%j with limits %j: %s', (headers, limits, refusal) => {
  const reason = consentRefusal(answered(headers as never), ORIGIN, limits);
  if (refusal === undefined) expect(reason).toBeUndefined();
  else expect(reason).toContain(refusal);
});

test('the status of the answer does not matter, a failure is no agreement', () => {
  expect(consentRefusal(answered({ 'webhook-allowed-origin': '*' }, 405), ORIGIN, {})).toBeUndefined();
  const failure = {
    kind: 'failure',
    failure: 'timeout',
    detail: 'no answer',
    remoteAddress: undefined,
    timings: { totalMs: 1 },
  };
  expect(consentRefusal(failure as never, ORIGIN, {})).toBe('timeout: no answer');
});

test('the question names the sender, and a rate where there is one', () => {
  expect(consentRequestHeaders(ORIGIN, {})).toEqual({ 'webhook-request-origin': ORIGIN });
  expect(consentRequestHeaders(ORIGIN, { ratePerSecond: 0.5 })).toEqual({
    'webhook-request-origin': ORIGIN,
    'webhook-request-rate': '30',
  });
});
