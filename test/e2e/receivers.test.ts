import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { answerOf, startRawServer } from '../integration/sender/raw-server.ts';
import type { Json } from '../support/client.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

const passwire = usePasswire({ SHUTDOWN_TIMEOUT_MS: '300' });
const ENDED = ['succeeded', 'dead', 'cancelled'];
/** A tenant whose Passcreator subscription has a single try, as is the vendor's default. */
async function prepare(url: string, integration: Json = {}, dialect = 'passcreator') {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ fields: [{ key: 'points' }] });
  const { id: integrationId } = await tenant.makeIntegration({ dialect, ...integration });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url });
  const emit = (): Promise<string> =>
    tenant.emit({
      type: 'pass.created',
      templateId,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: 'pas_1', fields: { points: 7 }, createdAt: '2026-03-01T12:00:00Z' },
    });
  return { tenant, emit };
}

test.each([
  ['both framings', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok', 'Transfer-Encoding'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nname : value\r\ncontent-length: 0\r\n\r\n', 'Invalid header token'],
  ['lines that end with LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n', 'CR'],
])('a 200 with %s is delivered by the first try, with a note', async (_, bytes, problem) => {
  const server = await startRawServer({ answer: (socket) => socket.write(bytes) });
  const { tenant, emit } = await prepare(server.url);
  const delivery = await tenant.settled(await emit(), ENDED);
  expect(delivery).toMatchObject({ state: 'succeeded', lastStatus: 200 });
  const { attempts } = await tenant.delivery(delivery.id);
  expect(attempts).toMatchObject([
    { verdict: 'delivered', outcome: { kind: 'response', status: 200, notes: [expect.stringContaining(problem)] } },
  ]);
  expect(server.requests).toHaveLength(1);
});

test('a 410 with broken framing does not disable the endpoint', async () => {
  const server = await startRawServer({ answer: (socket) => socket.write('HTTP/1.1 410 Gone\r\nname : value\r\n\r\n') });
  const { tenant, emit } = await prepare(server.url);
  const delivery = await tenant.settled(await emit(), ENDED);
  const { attempts } = await tenant.delivery(delivery.id);
  expect(attempts).toMatchObject([
    { verdict: 'retryable', outcome: { kind: 'failure', failure: 'invalid_response', received: { status: 410 } } },
  ]);
  const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/subscriptions');
  expect(data).toMatchObject([{ state: 'enabled' }]);
});

test('a single attempt survives a stale connection, with one webhook-id', async () => {
  const served = new WeakSet<Socket>();
  const server = await startRawServer({
    answer(socket) {
      if (served.has(socket)) socket.resetAndDestroy();
      else socket.write(answerOf('200 OK'));
      served.add(socket);
    },
  });
  const { tenant, emit } = await prepare(server.url);
  await tenant.settled(await emit(), ENDED);
  const delivery = await tenant.settled(await emit(), ENDED);
  expect(delivery).toMatchObject({ state: 'succeeded', attemptCount: 1 });
  const { attempts } = await tenant.delivery(delivery.id);
  expect(attempts).toMatchObject([{ outcome: { notes: [expect.stringContaining('sent again on a new one')] } }]);
  expect(server.requests.filter((request) => request.includes(delivery.messageId))).toHaveLength(2);
});

test('an echoed header value is blanked in what is stored', async () => {
  const secret = 'Bearer hush-hush-1234';
  const echo = (request: string) => /authorization: (.*)\r\n/i.exec(request)?.[1] ?? 'nothing';
  const server = await startRawServer({
    answer: (socket, request) =>
      socket.write(
        answerOf('302 Found', `you sent ${echo(request)}`, [`x-echo: ${echo(request)}`, `location: /${echo(request)}`]),
      ),
  });
  const { tenant, emit } = await prepare(server.url, { headers: { Authorization: secret } });
  const delivery = await tenant.settled(await emit(), ENDED);
  const shown = await tenant.delivery(delivery.id);
  expect(shown.attempts).toMatchObject([
    { outcome: { status: 302, headers: { 'x-echo': '***' }, body: { text: 'you sent ***' } } },
  ]);
  expect(server.requests[0]).toContain(`Authorization: ${secret}`);
  expect(delivery.endedReason).toContain('a redirect to /***; redirects are not followed');
  expect(JSON.stringify(shown)).not.toContain('hush-hush');
});

test("a vendor's header goes out in the vendor's case", async () => {
  const server = await startRawServer({ answer: (socket) => socket.write(answerOf('200 OK')) });
  const { tenant, emit } = await prepare(server.url, {}, 'passentry');
  const delivery = await tenant.settled(await emit(), ENDED);
  expect(server.requests[0]).toMatch(/\r\nX-Webhook-Signature: [0-9a-f]{64}\r\n/);
  expect(server.requests[0]).toContain('\r\naccept: application/json, */*;q=0.8\r\n');
  const { attempts } = await tenant.delivery(delivery.id);
  expect(attempts[0]).toHaveProperty(['request', 'headers', 'X-Webhook-Signature']);
});

// the last one: it stops the worker
test('a request broken off by a shutdown is no attempt: another worker makes the only attempt', async () => {
  let isSilent = true;
  const server = await startRawServer({
    answer(socket) {
      if (!isSilent) socket.write(answerOf('200 OK'));
    },
  });
  const { tenant, emit } = await prepare(server.url);
  const eventId = await emit();
  await eventually(() => server.requests.length === 1);
  expect(await passwire().worker.stop()).toMatchObject({ code: 0 });
  const [waiting] = await tenant.deliveries({ eventId });
  expect(waiting).toMatchObject({ state: expect.stringMatching(/^(pending|parked)$/), attemptCount: 0, lastReason: null });
  const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/endpoints');
  expect(data).toMatchObject([{ state: 'active', live: { failuresInARow: 0 } }]);

  isSilent = false;
  await passwire().startWorker();
  const delivery = await tenant.settled(eventId, ENDED);
  expect(delivery).toMatchObject({ state: 'succeeded', attemptCount: 1 });
});
