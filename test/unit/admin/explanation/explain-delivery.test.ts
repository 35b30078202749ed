import { describe, expect, test } from 'vitest';
import { explainDelivery } from '../../../../src/admin/explanation/explain-delivery.ts';
import { newId } from '../../../../src/domain/id.ts';
import { answered, at, type Case, change, factsOf, failed, LETTER, LIVE, NOW, unbuildable } from './facts.ts';

const explained = (given: Case) => explainDelivery(factsOf(given));
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const tenSeconds = { judge: { label: 'Vibes', policy: { timeoutMs: 10_000 } } };

/** The six paragraphs as they must read. */
describe('the paragraphs of the design', () => {
  const policy = factsOf({ state: 'pending' }).judge?.policy;
  if (!policy) throw new Error('the facts have a policy');
  const judge = { ...tenSeconds.judge, policy: { ...policy, timeoutMs: 10_000 } };

  test('delivered after retries', () => {
    const attempts = [answered(1, '10:02:11', 503), answered(2, '10:02:16', 503), answered(3, '10:07:14', 200)];
    expect(explained({ state: 'succeeded', attempts })).toMatchObject({
      code: 'delivered',
      text: 'Delivered on the third attempt. hooks.example.com answered 503 at 10:02:11 and at 10:02:16, which is retried, and 200 at 10:07:14, after 182 ms. Nothing more will be sent.',
    });
  });

  test('no answer in time', () => {
    const silent = failed(3, '14:03:22', 'timeout', 'no answer', { connectMs: 41, totalMs: 10_004 });
    const attempts = [answered(1, '13:58:14', 503), answered(2, '13:58:19', 503), silent];
    const text = explained({ state: 'retrying', attempts, dueInMs: 28 * MINUTE_MS, facts: { judge } }).text;
    expect(text).toBe(
      'Not delivered yet. The third of ten attempts was made at 14:03:22 and got no answer within 10 s: the connection was open after 41 ms, but no response followed. The next attempt is at 14:33, in 28 min. If the receiver works again, retry now; should that fail, the attempt at 14:33 still takes place.',
    );
  });

  test('a breaker', () => {
    const live = {
      ...LIVE,
      breaker: 'open',
      failures: 9,
      pausedUntil: at('14:06:12'),
      pausedForMs: 72_000,
      parked: 1204,
    } as const;
    expect(explained({ state: 'parked', dueInMs: -1000, facts: { live } })).toMatchObject({
      code: 'waiting-breaker',
      text: 'Not sent yet, and no attempt was used. hooks.example.com has failed 9 times in a row, so sending to it is paused until 14:06:12; then one delivery tests it. 1,204 deliveries wait for this endpoint. They go out by themselves once it answers.',
    });
  });

  test('a permanent answer', () => {
    const attempts = [answered(1, '09:12:40', 400, { verdict: 'permanent' })];
    expect(explained({ state: 'dead', attempts, course: { letters: [LETTER] } })).toMatchObject({
      code: 'dead-permanent',
      text: 'Failed permanently after one attempt. The receiver answered 400 at 09:12:40, and Vibes deliveries are not retried after an answer from 400 to 499 other than 408 and 429. A dead letter was written. If the receiver was at fault, fix it and replay the same body; if the fields were wrong, correct them and replay rendered anew.',
    });
  });

  test('an event that the vendor cannot express', () => {
    const cause = { kind: 'wallet', known: ['apple', 'google'], wallet: 'other' } as const;
    const attempts = [unbuildable(1, '09:12:40', 'this vendor knows only ...', { cause })];
    expect(explained({ state: 'dead', attempts, course: { letters: [LETTER] } })).toMatchObject({
      code: 'dead-unbuildable',
      text: 'Nothing was sent. A Vibes webhook can only name apple or google as the wallet, and this event has other. A replay would fail in the same way; the platform has to post the event again with a wallet that Vibes knows.',
    });
  });

  test('held, because the endpoint is gone', () => {
    const now = new Date('2026-11-26T14:00:00Z');
    const course = { now, changes: [change('held', '08:15:20', { reason: 'gone' })] };
    const facts = { disabled: { reason: 'gone', by: undefined }, heldBefore: 42 } as const;
    expect(explained({ state: 'held', course, facts })).toMatchObject({
      code: 'held-gone',
      text: 'Held since 24 Nov, 08:15. The receiver answered 410 Gone, so its subscriptions were disabled. Enabling the endpoint sends the 42 deliveries held before this one, then this one.',
    });
  });
});

const retrying = (last: Case['attempts'], dueInMs = 28 * MINUTE_MS): Case => ({
  state: 'retrying',
  ...(last && { attempts: last }),
  dueInMs,
});
const parked = (live: object, facts: object = {}): Case => ({
  state: 'parked',
  dueInMs: 0,
  facts: { live: { ...LIVE, ...live }, ...facts },
});
const exhausted = { endedReason: 'the endpoint answered 503 (attempt 10 of 10, none left)', endedBy: 'system' };
const ten = Array.from({ length: 10 }, (_, index) => answered(index + 1, `0${index}:00:00`, 503));
const head = newId('delivery', 7);

test.each<[string, Case, string, readonly string[]]>([
  [
    'the first try',
    { state: 'succeeded', attempts: [answered(1, '10:00:00', 200)] },
    'delivered',
    ['on the first attempt. hooks.example.com answered 200 at 10:00:00, after 182 ms'],
  ],
  [
    'mixed failures before',
    {
      state: 'succeeded',
      attempts: [failed(1, '10:00:00', 'connect', 'connect ECONNREFUSED'), answered(2, '10:05:00', 204)],
    },
    'delivered',
    ['hooks.example.com refused the connection at 10:00:00, which is retried, and answered 204 at 10:05:00'],
  ],
  [
    'many failures before',
    { state: 'succeeded', attempts: [...ten.slice(0, 5), answered(6, '10:05:00', 200)] },
    'delivered',
    [
      'on the sixth attempt',
      'answered 503 five times, first at 00:00:00 and last at 04:00:00, which is retried, and 200 at',
    ],
  ],
  [
    'a replay',
    {
      state: 'succeeded',
      attempts: [...ten, answered(11, '10:05:00', 200)],
      course: { attemptsBefore: 10, changes: [change('replayed', '10:04:00', { attempts: 10, by: 'ci' })] },
    },
    'delivered',
    ['on the first attempt. It was replayed by the key "ci" at 10:04:00. hooks.example.com answered 200'],
  ],
  [
    'an answer 503',
    retrying([answered(1, '14:03:22', 503)]),
    'retrying',
    [
      'The first of ten attempts was made at 14:03:22 and was answered with 503, which is retried.',
      'If the receiver works again, retry now',
    ],
  ],
  [
    '429 with Retry-After',
    retrying([answered(1, '14:03:22', 429, { headers: { 'retry-after': '30' } })], 30_000),
    'retrying',
    ['asked for a wait of 30 s (Retry-After), which is obeyed', 'The next attempt is at 14:05:30, in 30 s.'],
  ],
  [
    'a redirect',
    retrying([answered(1, '14:03:22', 301)]),
    'retrying',
    ['answered with 301, a redirect, which is not followed'],
  ],
  [
    'a certificate',
    retrying([failed(1, '14:03:22', 'tls', 'the certificate has expired (CERT_HAS_EXPIRED)')]),
    'retrying',
    ['failed in the TLS handshake: the certificate has expired', 'Once the certificate is repaired, retry now'],
  ],
  [
    'a name',
    retrying([failed(1, '14:03:22', 'dns', 'hooks.example.com does not resolve (ENOTFOUND)')]),
    'retrying',
    ['found no address: hooks.example.com does not resolve', 'Once the name resolves, retry now'],
  ],
  [
    'a refused connection',
    retrying([failed(1, '14:03:22', 'connect', 'connect ECONNREFUSED 192.0.2.1:443')]),
    'retrying',
    ['was refused the connection'],
  ],
  [
    'a private address',
    retrying([failed(1, '14:03:22', 'forbidden_address', 'hooks.example.com resolves to no public address')]),
    'retrying',
    [
      'was not sent: hooks.example.com resolves to no public address, and Passwire calls public addresses only',
      'Once the name resolves to a public address',
    ],
  ],
  [
    'a broken connection',
    retrying([failed(1, '14:03:22', 'reset')]),
    'retrying',
    ['the connection broke before an answer came'],
  ],
  [
    'no HTTP',
    retrying([failed(1, '14:03:22', 'invalid_response', 'HPE_INVALID')]),
    'retrying',
    ['not valid HTTP: HPE_INVALID'],
  ],
  [
    'no connection in time',
    retrying([failed(1, '14:03:22', 'timeout', '', { dnsMs: 3, totalMs: 15_000 })]),
    'retrying',
    ['no answer within 15 s: no connection was opened'],
  ],
  [
    'a secret that cannot be opened',
    retrying([unbuildable(1, '14:03:22', 'a secret cannot be opened', { verdict: 'retryable' })]),
    'retrying',
    ['sent nothing: a secret cannot be opened', 'Once this is repaired, retry now'],
  ],
  [
    'the last attempt ahead',
    retrying(ten.slice(0, 9), 20 * HOUR_MS),
    'retrying',
    ['The ninth of ten attempts', 'The next attempt, the last one, is at 25 Nov, 10:05, in 20 h.'],
  ],
  [
    'an attempt by hand that failed',
    {
      ...retrying([answered(1, '13:00:00', 503), answered(2, '14:00:00', 503)]),
      course: {
        attemptsBefore: 1,
        dueInMs: 28 * MINUTE_MS,
        changes: [change('retried', '13:59:59', { attempts: 1, by: 'jane' })],
      },
    },
    'retrying',
    ['An attempt by hand was made at 14:00:00 and was answered with 503'],
  ],
  [
    'an attempt by hand that is due',
    {
      ...retrying([answered(1, '13:00:00', 503)], -1),
      course: { attemptsBefore: 1, dueInMs: -1, plannedAt: at('14:33:00') },
    },
    'retrying',
    ['The next attempt is due now. Should it fail, the attempt at 14:33 still takes place.'],
  ],
  [
    'a probing breaker',
    parked({ breaker: 'half-open', failures: 9 }),
    'waiting-breaker',
    ['so one delivery at a time tests it', 'No other delivery waits'],
  ],
  [
    'a pause',
    parked({ pausedUntil: at('14:06:12'), pausedForMs: 72_000, parked: 3 }),
    'waiting-pause',
    ['asked for a pause, so nothing is sent to hooks.example.com until 14:06:12', '3 deliveries wait'],
  ],
  [
    'the share',
    parked({ inFlight: 10, parked: 20 }),
    'waiting-share',
    ['is being sent ten requests right now, as many as it may get at once'],
  ],
  ['the rate', parked({}, { ratePerSecond: 5 }), 'waiting-rate', ['At most 5 requests a second go to this endpoint']],
  ['no room among workers', parked({}), 'waiting-room', ['waits for room among the workers']],
  [
    'parked while attempts were made',
    { ...parked({ breaker: 'open', failures: 5, pausedUntil: at('14:06:12') }), attempts: [answered(1, '14:03:22', 503)] },
    'waiting-breaker',
    ['Not delivered yet. The first of ten attempts was made at 14:03:22', 'it waits, and is not used up'],
  ],
  ['due', { state: 'pending', dueInMs: 0 }, 'due', ['no attempt was used. It goes out as soon as a worker takes it']],
  [
    'due without Redis',
    { state: 'pending', dueInMs: 0, facts: { isLiveKnown: false } },
    'due-unknown',
    ['is unknown, because Redis does not answer'],
  ],
  ['being sent', { state: 'delivering' }, 'sending', ['Being sent right now. The result of attempt 1']],
  [
    'an earlier delivery',
    { state: 'blocked', course: { blockedBy: { id: head, state: 'retrying' } } },
    'blocked',
    [`An earlier delivery of the same pass, ${head}, is retrying`, 'retry or cancel that one'],
  ],
  [
    'an earlier delivery that is held',
    { state: 'blocked', course: { blockedBy: { id: head, state: 'held' } } },
    'blocked',
    ['enable what holds that one, or cancel it'],
  ],
  [
    'disabled by a person',
    { state: 'held', facts: { disabled: { reason: 'requested', by: 'jane' }, heldBefore: 1 } },
    'held-requested',
    [
      'Held since 08:00.',
      'disabled by the key "jane". Enabling the subscription sends the one delivery held before this one, then this one.',
    ],
  ],
  [
    'failing for too long',
    { state: 'held', facts: { disabled: { reason: 'failing', by: undefined } }, attempts: ten.slice(0, 2) },
    'held-failing',
    ['hooks.example.com failed for too long', 'Two of ten attempts were made before. Enabling the endpoint sends it.'],
  ],
  [
    'paused by a person',
    { state: 'held', facts: { disabled: { reason: 'paused', by: undefined } } },
    'held-paused',
    ['A person disabled the endpoint. Enabling the endpoint sends it.'],
  ],
  ['enabled again', { state: 'held' }, 'held-released', ['it goes out in a moment']],
  [
    'more held than are counted',
    { state: 'held', facts: { disabled: { reason: 'gone', by: undefined }, heldBefore: 10_001 } },
    'held-gone',
    ['sends more than 10,000 deliveries held'],
  ],
  [
    'gone',
    { state: 'dead', attempts: [answered(1, '09:00:00', 410, { verdict: 'permanent' })], course: { letters: [LETTER] } },
    'dead-gone',
    ['answered 410 Gone at 09:00:00, which ends the delivery and disables', 'enable the endpoint'],
  ],
  [
    'no retry left',
    { state: 'dead', attempts: ten, delivery: exhausted, course: { letters: [LETTER] } },
    'dead-exhausted',
    [
      'Failed permanently after ten attempts. hooks.example.com answered 503 at 09:00:00, which is retried, but that was the last attempt of the schedule. A dead letter was written. Once the receiver works again',
    ],
  ],
  [
    'a discarded dead letter',
    {
      state: 'dead',
      attempts: ten,
      delivery: exhausted,
      course: { letters: [{ ...LETTER, closed: { as: 'discarded', by: 'jane', reason: undefined, at: at('10:00:00') } }] },
    },
    'dead-exhausted',
    ['Its dead letter was discarded by the key "jane" at 10:00:00.'],
  ],
  [
    'a deleted subscription',
    { state: 'dead', attempts: ten, delivery: exhausted, course: { isSubscriptionGone: true } },
    'dead-exhausted',
    ['It cannot be replayed, because its subscription was deleted.'],
  ],
  [
    'a body that cannot be built',
    { state: 'dead', attempts: [unbuildable(1, '09:00:00', 'the event has no scan')] },
    'dead-unbuildable',
    ['The body could not be built: the event has no scan.', 'replay rendered anew'],
  ],
  [
    'expired',
    { state: 'dead', attempts: ten.slice(0, 2), delivery: { endedReason: 'expired: older than 30 days' } },
    'dead-expired',
    ['Failed permanently after two attempts. It expired: older than 30 days.'],
  ],
  [
    'cancelled by a person',
    {
      state: 'cancelled',
      attempts: ten.slice(0, 1),
      delivery: { endedAt: at('10:00:00'), endedBy: 'jane', endedReason: 'cancelled on request' },
    },
    'cancelled',
    [
      'Cancelled by the key "jane" at 10:00:00. One attempt was made before. Nothing more will be sent unless somebody replays it.',
    ],
  ],
  [
    'cancelled with its subscription',
    {
      state: 'cancelled',
      delivery: { endedAt: at('10:00:00'), endedBy: 'jane', endedReason: 'subscription deleted' },
      course: { isSubscriptionGone: true },
    },
    'cancelled',
    ['at 10:00:00: subscription deleted. No attempt was made. Nothing more will be sent, and it cannot be replayed'],
  ],
  [
    'a test that was accepted',
    { state: 'succeeded', delivery: { test: true }, attempts: [answered(1, '10:00:00', 200)] },
    'delivered',
    ['This is a test, which is sent once and changes nothing else. Delivered on the first attempt.'],
  ],
  [
    'a test that failed',
    { state: 'dead', delivery: { test: true }, attempts: [answered(1, '10:00:00', 503)] },
    'test-failed',
    ['It was made at 10:00:00 and was answered with 503. Fix the cause and send another test.'],
  ],
  [
    'an unsubscribe request',
    { state: 'succeeded', delivery: { kind: 'unsubscribe' }, attempts: [answered(1, '10:00:00', 204)] },
    'delivered',
    ['This request tells the receiver that its subscription was deleted. Delivered'],
  ],
  [
    'a deleted integration',
    { ...retrying([answered(1, '14:03:22', 503)]), facts: { judge: undefined } },
    'retrying',
    ['The first attempt was made at 14:03:22'],
  ],
])('%s', (_name, given, code, parts) => {
  const { text, ...rest } = explained(given);
  expect(rest.code).toBe(code);
  for (const part of parts) expect(text).toContain(part);
  expect(text).not.toMatch(/undefined|NaN|\.\.| {2}/);
  expect(rest.textWithDates).not.toMatch(/undefined|NaN/);
});

test('content that was removed', () => {
  const delivery = { ...exhausted, removed: { reason: 'erasure', at: new Date('2026-11-03T00:00:00Z') } as const };
  const { text } = explained({ state: 'dead', attempts: ten, delivery, course: { letters: [LETTER] } });
  expect(text).toMatch(
    /A dead letter was written\. What was sent was erased on request, on 2026-11-03; the attempts remain\.$/,
  );
});

test('texts to send to somebody have dates and the zone', () => {
  const { textWithDates } = explained({ state: 'succeeded', attempts: [answered(1, '10:00:00', 200)] });
  expect(textWithDates).toContain('answered 200 at 24 Nov 2026, 10:00:00 UTC, after 182 ms');
});

test('params have what the text is made of', () => {
  const { params } = explained(retrying([answered(1, '14:03:22', 503)]));
  expect(params).toMatchObject({
    host: 'hooks.example.com',
    attempts: 1,
    attemptsPlanned: 10,
    lastStatus: 503,
    nextAt: new Date(NOW.getTime() + 28 * MINUTE_MS).toISOString(),
    nextInMs: 28 * MINUTE_MS,
  });
});
