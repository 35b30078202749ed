import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';
import type { Received } from '../support/receiver.ts';

const passwire = usePasswire();

const PASSES = ['pas_a', 'pas_b', 'pas_c', 'pas_d', 'pas_e', 'pas_f'];
/** One request in so many fails. */
const FAILS_EVERY = 4;

async function prepare(retryDelaysMs: readonly number[] = Array(9).fill(50)) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ fields: [{ key: 'n' }] });
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs } });
  const path = `/${tenant.tenantId}/hook`;
  const subscription = { integrationId, templateId, trigger: 'pass.created', url: passwire().receiver.url(path) };
  const subscriptionId = await tenant.subscribe({ ...subscription, ordering: 'pass' });
  /** Events number `from` to `to` of every pass, mixed in one request. */
  const emit = async (from: number, to: number): Promise<void> => {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const events = numbers.flatMap((n) =>
      PASSES.map((id) => ({
        type: 'pass.created',
        templateId,
        occurredAt: '2026-03-01T12:00:00Z',
        pass: { id, fields: { n } },
      })),
    );
    await tenant.ok('POST', '/v1/events/batch', { events });
  };
  const allEnded = (count: number) =>
    eventually(
      async () => {
        const deliveries = await tenant.deliveries({ subscriptionId });
        return deliveries.length === count && deliveries.every(({ state }) => state === 'succeeded');
      },
      { everyMs: 200, what: `${count} deliveries succeeded` },
    );
  return { tenant, subscriptionId, path, emit, allEnded };
}

const passOf = ({ text }: Received): { readonly id: string; readonly fields: { readonly n: number } } =>
  JSON.parse(text).data.pass;

/** Answers late and fails now and then; remembers passes that were sent two requests at once. */
function answerUnevenly(path: string): { readonly overlaps: string[] } {
  const underWay = new Set<string>();
  const overlaps: string[] = [];
  let asked = 0;
  passwire().receiver.answer(path, {
    by: async (request, response) => {
      const { id } = passOf(request);
      if (underWay.has(id)) overlaps.push(id);
      underWay.add(id);
      asked += 1;
      const status = asked % FAILS_EVERY === 0 ? 500 : 200;
      await sleep(asked % 7);
      underWay.delete(id);
      response.writeHead(status).end();
    },
  });
  return { overlaps };
}

/** The numbers of each pass in the order received, retries counted once. */
function numbersByPass(path: string): number[][] {
  const requests = passwire().receiver.at(path).map(passOf);
  return PASSES.map((pass) => requests.filter(({ id }) => id === pass).map(({ fields }) => fields.n)).map((numbers) =>
    numbers.filter((n, index) => n !== numbers[index - 1]),
  );
}

const upTo = (last: number): number[][] => PASSES.map(() => Array.from({ length: last }, (_, index) => index + 1));

test('two workers deliver the events of each pass one after another in the order accepted', async () => {
  const { path, emit, allEnded } = await prepare();
  const { overlaps } = answerUnevenly(path);
  const other = await passwire().startWorker();
  await emit(1, 5);
  await emit(6, 10);
  await passwire().receiver.waitFor(path, 20);
  await other.stop();
  await emit(11, 15);
  await allEnded(15 * PASSES.length);
  expect(numbersByPass(path)).toEqual(upTo(15));
  expect(overlaps).toEqual([]);
});

test('a pass whose first delivery fails holds up no other pass; cancelling it releases the next delivery', async () => {
  const { tenant, subscriptionId, path, emit } = await prepare([3_600_000]);
  const [stuck] = PASSES;
  passwire().receiver.answer(path, {
    by: (request, response) => {
      const { id, fields } = passOf(request);
      response.writeHead(id === stuck && fields.n === 1 ? 500 : 200).end();
    },
  });
  await emit(1, 3);
  const statesOf = async (passId: string) =>
    (await tenant.deliveries({ subscriptionId, passId })).map(({ state }) => state).reverse();
  for (const pass of PASSES.slice(1)) {
    await eventually(async () => (await statesOf(pass)).every((state) => state === 'succeeded'));
  }
  expect((await statesOf(stuck ?? '')).sort()).toEqual(['blocked', 'blocked', 'retrying']);
  const [first] = await tenant.deliveries({ subscriptionId, state: 'retrying' });
  await tenant.ok('POST', `/v1/deliveries/${first?.id}/cancel`);
  await eventually(async () => (await statesOf(stuck ?? '')).filter((state) => state === 'succeeded').length === 2);
  expect(numbersByPass(path)).toEqual(upTo(3));
});

test('events accepted while the subscription is disabled are delivered in order when it is enabled', async () => {
  const { tenant, subscriptionId, path, emit, allEnded } = await prepare();
  const { overlaps } = answerUnevenly(path);
  await emit(1, 4);
  const subscription = `/v1/subscriptions/${subscriptionId}`;
  await tenant.ok('PATCH', subscription, { enabled: false });
  await emit(5, 8);
  expect(await tenant.ok('PATCH', subscription, { enabled: true })).toMatchObject({ state: 'enabled', ordering: 'pass' });
  await emit(9, 12);
  await allEnded(12 * PASSES.length);
  expect(numbersByPass(path)).toEqual(upTo(12));
  expect(overlaps).toEqual([]);
});
