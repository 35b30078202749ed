import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

// The paragraphs that support pastes to tenants, of deliveries that a worker really made.

const passwire = usePasswire();
const HOUR_MS = 3_600_000;

interface Explained {
  readonly id: string;
  readonly state: string;
  readonly explanation: { readonly code: string; readonly text: string };
  readonly actions: readonly {
    readonly name: string;
    readonly target: string;
    readonly allowed: boolean;
    readonly why: string | null;
  }[];
  readonly timeline: readonly { readonly kind: string; readonly text: string }[];
  readonly next: { readonly inMs: number; readonly reason: string } | null;
}

const TIME = /\d\d:\d\d:\d\d/g;

/** A paragraph without what differs from run to run. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(TIME, 'T')
    .replaceAll(/\b\d\d:\d\d\b/g, 'T')
    .replaceAll(/after [\d,]+ (ms|s)/g, 'after N');
}

async function setUp(integration: object, path: string, statuses: readonly number[]) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration(integration);
  passwire().receiver.answer(path, ...statuses.map((status) => ({ status })));
  const url = passwire().receiver.url(path);
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.installed', url });
  const emit = (passId = 'p', platform = 'apple') =>
    tenant.emit({
      type: 'pass.installed',
      templateId: 'loyalty',
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: passId },
      device: { platform, os: 'harmony', installId: `device of ${passId}` },
    });
  const explained = async (eventId: string) => {
    const [delivery] = await tenant.deliveries({ eventId });
    return tenant.ok<Explained & Record<string, unknown>>('GET', `/v1/deliveries/${delivery?.id}`);
  };
  const until = (eventId: string, code: string) =>
    eventually(
      async () => {
        const delivery = await explained(eventId);
        return delivery.explanation.code === code && delivery;
      },
      { what: `a delivery that is explained as ${code}` },
    );
  return { tenant, emit, explained, until };
}

const allowed = ({ actions }: Explained) => actions.filter((action) => action.allowed).map(({ name }) => name);

test('delivered on the third attempt', async () => {
  const integration = { dialect: 'standard', policy: { retryDelaysMs: [50, 50] } };
  const { emit, until } = await setUp(integration, '/third', [503, 503, 200]);
  const delivery = await until(await emit(), 'delivered');
  expect(withoutTimes(delivery.explanation.text)).toBe(
    'Delivered on the third attempt. HOST answered 503 at T and at T, which is retried, and 200 at T, after N. Nothing more will be sent.',
  );
  expect(allowed(delivery)).toEqual(['replay_same', 'replay_fresh']);
  expect(delivery.next).toBeNull();
  expect(delivery.timeline.map(({ kind }) => kind)).toEqual(['accepted', 'attempt', 'attempt', 'attempt', 'ended']);
  expect(delivery).toMatchObject({
    attempts: [{ rule: { code: 'retryable-status' } }, {}, { rule: { code: 'success' }, byHand: false }],
    names: { tenant: 'Acme', integration: 'receiver', template: 'Loyalty' },
  });
});

test('not delivered yet: no answer in time; a retry by hand is in the timeline and moves no planned time', async () => {
  const integration = { dialect: 'standard', policy: { timeoutMs: 1000, retryDelaysMs: [HOUR_MS, HOUR_MS] } };
  const { tenant, emit, until, explained } = await setUp(integration, '/silent', []);
  passwire().receiver.answer('/silent', { instead: 'hang' });
  const eventId = await emit();
  const delivery = await until(eventId, 'retrying');
  expect(withoutTimes(delivery.explanation.text)).toMatch(
    /^Not delivered yet\. The first of three attempts was made at T and got no answer within 1 s: (the connection was open after N|the request was sent), but no response followed\. The next attempt is at (\d+ \w+, )?T, in \d+ \w+( \d+ \w+)?\. If the receiver works again, retry now; should that fail, the attempt at (\d+ \w+, )?T still takes place\.$/,
  );
  expect(delivery.next).toMatchObject({ reason: 'retry', inMs: expect.any(Number) });
  expect(allowed(delivery)).toEqual(['retry', 'replay_fresh', 'cancel']);

  await tenant.ok('POST', `/v1/deliveries/${delivery.id}/retry`, {});
  await expect.poll(async () => (await tenant.delivery(delivery.id)).attempts.length, { timeout: 60_000 }).toBe(2);
  const after = await explained(eventId);
  expect(after.timeline.map(({ text }) => text)).toEqual([
    'accepted (event)',
    expect.stringMatching(/^attempt 1: did not answer within/),
    'retried by the key "test"',
    expect.stringMatching(/^attempt 2, by hand: did not answer within/),
    'attempt 3 of 4',
    'last attempt, about this time',
  ]);
  expect(after.explanation.text).toContain('An attempt by hand was made at');
});

test('not sent yet, because its endpoint is paused', async () => {
  const integration = { dialect: 'standard', policy: { retryDelaysMs: [HOUR_MS] } };
  const { emit, explained } = await setUp(integration, '/paused', [500]);
  let count = 0;
  const delivery = await eventually(
    async () => {
      count += 1;
      const found = await explained(await emit(`p${count}`));
      return found.explanation.text.includes('is paused until') && found;
    },
    { what: 'a delivery that waits for a breaker' },
  );
  expect(withoutTimes(delivery.explanation.text)).toMatch(
    /^Not sent yet, and no attempt was used\. HOST has failed \d+ times in a row, so sending to it is paused until T; then one delivery tests it\. (\d+ deliveries wait for this endpoint\. They go out by themselves|No other delivery waits for this endpoint\. It goes out by itself) once it answers\.$/,
  );
  expect(delivery).toMatchObject({
    state: 'parked',
    explanation: { code: 'waiting-breaker' },
    next: { reason: 'breaker' },
  });
  expect(allowed(delivery)).toContain('enable_endpoint');
});

test('failed permanently: the answer, and what can be done', async () => {
  const { tenant, emit, until } = await setUp({ dialect: 'vibes', options: { companyKey: 'acme' } }, '/refused', [400]);
  const delivery = await until(await emit(), 'dead-permanent');
  expect(withoutTimes(delivery.explanation.text)).toBe(
    'Failed permanently after one attempt. The receiver answered 400 at T, and Vibes deliveries are not retried after an answer from 400 to 499 other than 408 and 429. A dead letter was written. If the receiver was at fault, fix it and replay the same body; if the fields were wrong, correct them and replay rendered anew.',
  );
  expect(allowed(delivery)).toEqual(['replay_same', 'replay_fresh', 'discard']);

  passwire().receiver.answer('/refused', { status: 200 });
  await tenant.ok('POST', `/v1/deliveries/${delivery.id}/replay`, {});
  await expect.poll(async () => (await tenant.delivery(delivery.id)).state, { timeout: 60_000 }).toBe('succeeded');
  const { explanation, timeline } = await tenant.ok<Explained>('GET', `/v1/deliveries/${delivery.id}`);
  expect(withoutTimes(explanation.text)).toBe(
    'Delivered on the first attempt. It was replayed by the key "test" at T. HOST answered 200 at T, after N. Nothing more will be sent.',
  );
  expect(timeline.map(({ kind }) => kind)).toEqual(['accepted', 'attempt', 'ended', 'replayed', 'attempt', 'ended']);
});

test('nothing was sent, because the vendor has no word for the wallet', async () => {
  const { emit, until } = await setUp({ dialect: 'vibes', options: { companyKey: 'acme' } }, '/wallet', [200]);
  const delivery = await until(await emit('p', 'other'), 'dead-unbuildable');
  expect(delivery.explanation.text).toBe(
    'Nothing was sent. A Vibes webhook can only name apple or google as the wallet, and this event has other. A replay would fail in the same way; the platform has to post the event again with a wallet that Vibes knows.',
  );
  expect(delivery).toMatchObject({ request: null, bodyBytes: null, attempts: [{ rule: { code: 'unbuildable' } }] });
});

test('held, because the receiver answered 410', async () => {
  const { tenant, emit, until } = await setUp({ dialect: 'standard' }, '/gone', [410]);
  const gone = await until(await emit('p0'), 'dead-gone');
  expect(gone.explanation.text).toContain('answered 410 Gone at');
  const endpoints = async () => (await tenant.ok<{ data: readonly object[] }>('GET', '/v1/endpoints')).data;
  await expect.poll(endpoints, { timeout: 60_000 }).toMatchObject([{ state: 'disabled' }]);
  await emit('p1');
  await emit('p2');
  const held = await until(await emit('p3'), 'held-gone');
  expect(withoutTimes(held.explanation.text)).toBe(
    'Held since T. The receiver answered 410 Gone, so its subscriptions were disabled. Enabling the endpoint sends the 2 deliveries held before this one, then this one.',
  );
  const enable = held.actions.find(({ name }) => name === 'enable_endpoint');
  passwire().receiver.answer('/gone', { status: 200 });
  await tenant.ok('POST', `/v1/endpoints/${enable?.target}/enable`, {});
  const delivered = await until(String(held.eventId), 'delivered');
  expect(delivered.timeline.map(({ kind }) => kind)).toEqual(['accepted', 'released', 'attempt', 'ended']);
});

test('what actions say is what the calls do', async () => {
  const { tenant, emit, until } = await setUp(
    { dialect: 'standard', policy: { retryDelaysMs: [HOUR_MS] } },
    '/agree',
    [500, 500, 200],
  );
  const calls = {
    retry: ['retry', {}],
    replay_same: ['replay', { mode: 'same' }],
    cancel: ['cancel', {}],
  } as const;
  const check = async (delivery: Explained) => {
    for (const { name, target, allowed: isAllowed, why } of delivery.actions) {
      const [verb, body] = calls[name as keyof typeof calls] ?? [];
      if (isAllowed || !verb) continue;
      expect(await tenant.call('POST', `/v1/deliveries/${target}/${verb}`, body)).toMatchObject({
        status: 409,
        body: { detail: why },
      });
    }
  };
  const eventId = await emit();
  const delivery = await until(eventId, 'retrying');
  await check(delivery);
  await tenant.ok('POST', `/v1/deliveries/${delivery.id}/cancel`, {});
  await check(await until(eventId, 'cancelled'));
  await tenant.ok('POST', `/v1/deliveries/${delivery.id}/replay`, {});
  const again = await until(eventId, 'retrying');
  expect(again.explanation.text).toContain('It was replayed by the key "test" at');
  await tenant.ok('POST', `/v1/deliveries/${delivery.id}/retry`, {});
  await check(await until(eventId, 'delivered'));
});
