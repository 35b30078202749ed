import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BrokenOff, SendOutcome } from '../../../src/domain/attempt.ts';
import { NO_SIGNAL } from '../../../src/domain/endpoint-signal.ts';
import { Unavailable } from '../../../src/domain/errors.ts';
import { type DeliveryId, newId, toId } from '../../../src/domain/id.ts';
import type { Integration } from '../../../src/domain/integration.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';
import { Deliverer } from '../../../src/pipeline/deliver.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { AttemptRecord, ClaimedDelivery, ClaimStore, ReturnedClaim } from '../../../src/ports/claims.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import {
  box,
  clock,
  configOf,
  makeIntegration,
  makeSubscription,
  makeTemplate,
  tenantId,
} from '../../support/configuration.ts';
import { eventually } from '../../support/poll.ts';
import { NO_TELEMETRY } from '../../support/telemetry.ts';

const template = makeTemplate();
const integration = makeIntegration('standard', { policy: { retryDelaysMs: [1000] } });
const subscription = makeSubscription(integration, { trigger: 'pass.created' });

function answer(status: number): SendOutcome {
  return {
    kind: 'response',
    status,
    headers: {},
    body: { text: '', truncated: false },
    remoteAddress: undefined,
    timings: { totalMs: 1 },
  };
}

function claimedOf(id: DeliveryId, attempt: number, test = false): ClaimedDelivery {
  return {
    id,
    tenantId,
    subscriptionId: subscription.id,
    endpointId: subscription.endpointId,
    eventId: newId('event', clock()),
    trigger: 'pass.created',
    passId: 'p',
    ordered: false,
    messageId: toId('message', '0198c3f0-0000-7000-8000-0000000000aa'),
    test,
    attempt,
    attemptsMade: attempt - 1,
    claim: 1,
    ageMs: 12,
    configVersion: 1,
    event: undefined,
    body: '{}',
    unsubscribeUrl: undefined,
    plannedInMs: undefined,
  };
}

interface World {
  readonly send?: () => Promise<SendOutcome | BrokenOff>;
  /** Resolves when Postgres may answer to a claim. */
  readonly claimed?: Promise<void>;
  readonly settle?: (records: readonly AttemptRecord[]) => Promise<readonly AttemptRecord[]>;
  readonly unavailable?: boolean;
  readonly disabled?: 'requested';
  /** What is unlike in the stored integration. */
  readonly stored?: Partial<Integration>;
  /** Every delivery is a test. */
  readonly test?: boolean;
  /** Claims are refused at first: the delivery is due so much later. */
  readonly earlyByMs?: number;
}

/** A worker whose claims gives every delivery that is asked for, once per call. */
function workerIn({
  send = async () => answer(200),
  claimed = Promise.resolve(),
  settle = async (records) => records,
  unavailable = false,
  disabled,
  stored,
  test = false,
  earlyByMs,
}: World = {}) {
  const seen = {
    claims: [] as string[][],
    sent: 0,
    headers: {} as Readonly<Record<string, string>>,
    settled: [] as AttemptRecord[],
    returned: [] as ReturnedClaim[],
    offered: [] as DueDelivery[],
    gone: [] as string[],
  };
  const claims: ClaimStore = {
    async claim(wanted) {
      seen.claims.push(wanted.map(({ deliveryId, attempt }) => `${deliveryId}-${attempt}`));
      await claimed;
      if (earlyByMs !== undefined && seen.claims.length === 1) return [];
      return wanted.map(({ deliveryId, attempt }) => claimedOf(deliveryId, attempt, test));
    },
    releaseOwn: async () => [],
    async dueLater(refused) {
      const { tenantId: tenant, endpointId } = subscription;
      return refused.map((key) => ({ ...key, tenantId: tenant, endpointId, delayMs: earlyByMs ?? 0 }));
    },
    async settle(records) {
      const written = await settle(records);
      seen.settled.push(...written);
      return { written, released: [] };
    },
    async giveBack(returns) {
      if (unavailable) throw new Unavailable('Postgres');
      seen.returned.push(...returns);
      return [];
    },
    releaseStranded: async () => [],
    releaseBlocked: async () => ({ released: [], cursor: undefined }),
  };
  const source = configOf({
    templates: [template],
    integrations: [{ ...integration, ...stored }],
    subscriptions: [{ ...subscription, disabled }],
  });
  const deliverer = new Deliverer({
    consents: { ask: async () => ({ kind: 'agreed' }) },
    claims,
    subscriptions: {
      async disableAllOf(_tenant, endpoint) {
        seen.gone.push(endpoint);
        return [];
      },
    },
    configs: new TenantConfigs(source),
    queue: {
      offer: (due) => seen.offered.push(...due),
    },
    sender: {
      send({ headers }) {
        seen.sent += 1;
        seen.headers = headers;
        return send();
      },
    },
    box,
    clock,
    random: () => 0.5,
    log: { info() {}, warn() {}, error() {} },
    telemetry: NO_TELEMETRY,
  });
  return { deliverer, seen };
}

/** A place in the rate that is there already. */
const AT_ONCE = async (): Promise<void> => {};

const newDeliveryId = () => newId('delivery', clock());

describe('an attempt', () => {
  test('that succeeds is recorded, and nothing more is asked for', async () => {
    const { deliverer, seen } = workerIn();
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen.settled).toMatchObject([{ next: { state: 'succeeded' }, attempt: { number: 1, verdict: 'delivered' } }]);
    expect(seen.offered).toEqual([]);
  });

  test('that fails asks for the next one after the delay', async () => {
    const { deliverer, seen } = workerIn({ send: async () => answer(500) });
    const id = newDeliveryId();
    await deliverer.deliver(id, 1, AT_ONCE);
    expect(seen.offered).toMatchObject([{ deliveryId: id, attempt: 2, delayMs: 1000 }]);
  });

  test('that arrives before it is due in the store waits in this process, whose timers need no clock', async () => {
    const { deliverer, seen } = workerIn({ earlyByMs: 30 });
    const id = newDeliveryId();
    await deliverer.deliver(id, 2, AT_ONCE);
    expect(seen).toMatchObject({ sent: 0, settled: [], offered: [] });
    await eventually(() => seen.offered.length > 0);
    expect(seen.offered).toMatchObject([{ deliveryId: id, attempt: 2, delayMs: 0 }]);
  });

  test('whose claim was lost meanwhile has no consequences', async () => {
    const { deliverer, seen } = workerIn({ send: async () => answer(410), settle: async () => [] });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen).toMatchObject({ sent: 1, offered: [], gone: [] });
  });

  test('that finds the endpoint gone disables its subscriptions', async () => {
    const { deliverer, seen } = workerIn({ send: async () => answer(410) });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen.gone).toEqual([subscription.endpointId]);
  });

  test('for a disabled subscription is not made: the delivery is held', async () => {
    const { deliverer, seen } = workerIn({ disabled: 'requested' });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen).toMatchObject({ sent: 0, returned: [{ to: { state: 'held' } }] });
  });

  test('asked for twice at once is made once; another attempt of that delivery is another', async () => {
    const { deliverer, seen } = workerIn();
    const id = newDeliveryId();
    await Promise.all([
      deliverer.deliver(id, 1, AT_ONCE),
      deliverer.deliver(id, 1, AT_ONCE),
      deliverer.deliver(id, 2, AT_ONCE),
    ]);
    expect(seen.claims).toEqual([[`${id}-1`, `${id}-2`]]);
    expect(seen.settled.map(({ attempt }) => attempt.number)).toEqual([1, 2]);
  });
});

describe('a stored integration that cannot be used', () => {
  const unreadable = new SecretBox([{ id: 'lost', key: randomBytes(32) }]).seal('{"authorization":"x"}');

  test('because a key is missing: the attempt fails, is retried, and shows nothing about the endpoint', async () => {
    const { deliverer, seen } = workerIn({ stored: { headers: unreadable } });
    const id = newDeliveryId();
    expect(await deliverer.deliver(id, 1, AT_ONCE)).toEqual(NO_SIGNAL);
    expect(seen).toMatchObject({ sent: 0, returned: [], offered: [{ deliveryId: id, attempt: 2, delayMs: 1000 }] });
    expect(seen.settled).toMatchObject([
      {
        attempt: {
          verdict: 'retryable',
          outcome: { kind: 'unbuildable', reason: expect.stringContaining('cannot be decrypted') },
        },
        next: { state: 'retrying' },
        builtBody: undefined,
      },
    ]);
    expect(JSON.stringify(seen.settled)).not.toContain('lost');
    await deliverer.deliver(id, 2, AT_ONCE);
    expect(seen.settled.at(-1)).toMatchObject({ next: { state: 'dead' }, deadLetterId: expect.any(String) });
  });

  test('for any other cause: the same, for a worker of a later version may be able to', async () => {
    const { deliverer, seen } = workerIn({ stored: { dialect: 'of a later version' as never } });
    const id = newDeliveryId();
    expect(await deliverer.deliver(id, 1, AT_ONCE)).toEqual(NO_SIGNAL);
    expect(seen).toMatchObject({ sent: 0, returned: [], offered: [{ deliveryId: id, attempt: 2, delayMs: 1000 }] });
    await deliverer.deliver(id, 2, AT_ONCE);
    expect(seen.settled).toMatchObject([
      { attempt: { verdict: 'retryable', outcome: { kind: 'unbuildable' } }, next: { state: 'retrying' } },
      { next: { state: 'dead' }, deadLetterId: expect.any(String) },
    ]);
  });
});

describe('a test', () => {
  test.each([
    [200, 'succeeded'],
    [404, 'dead'],
    [410, 'dead'],
    [500, 'dead'],
  ])('answered with %i is %s after its only attempt, and nothing else happens', async (status, state) => {
    const { deliverer, seen } = workerIn({ send: async () => answer(status), test: true });
    expect(await deliverer.deliver(newDeliveryId(), 1, AT_ONCE)).toEqual(NO_SIGNAL);
    expect(seen.settled).toMatchObject([{ next: { state }, deadLetterId: undefined, operationalEvents: undefined }]);
    expect(seen).toMatchObject({ sent: 1, offered: [], gone: [], headers: { 'x-webhook-test': 'true' } });
  });

  test('is sent for a disabled subscription too', async () => {
    const { deliverer, seen } = workerIn({ disabled: 'requested', test: true });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen).toMatchObject({ sent: 1, returned: [] });
  });

  test('is marked, and no other delivery is', async () => {
    const { deliverer, seen } = workerIn();
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen.headers).not.toHaveProperty('x-webhook-test');
  });
});

describe('results', () => {
  test('of one statement do not share the fate of one that cannot be written', async () => {
    const culprit = newDeliveryId();
    const { deliverer, seen } = workerIn({
      async settle(records) {
        if (records.some(({ claimed }) => claimed.id === culprit)) throw new Error('cannot be written');
        return records;
      },
    });
    const ids = [newDeliveryId(), culprit, newDeliveryId()];
    const outcomes = await Promise.allSettled(ids.map((id) => deliverer.deliver(id, 1, AT_ONCE)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen.settled.map(({ claimed }) => claimed.id)).toEqual([ids[0], ids[2]]);
  });

  test('that cannot be written as they are lose headers and body, not the verdict', async () => {
    const { deliverer, seen } = workerIn({
      async settle(records) {
        const hasHeaders = records.some(({ attempt: { request } }) => Object.keys(request?.headers ?? {}).length > 0);
        if (hasHeaders) throw new Error('cannot be written');
        return records;
      },
    });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen).toMatchObject({ sent: 1, settled: [{ next: { state: 'succeeded' }, attempt: { verdict: 'delivered' } }] });
  });

  test('are retained and written later when Postgres is unavailable for a moment: nothing is sent twice', async () => {
    let away = true;
    const { deliverer, seen } = workerIn({
      async settle(records) {
        if (!away) return records;
        away = false;
        throw new Unavailable('Postgres');
      },
    });
    await deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    expect(seen).toMatchObject({ sent: 1, settled: [{ next: { state: 'succeeded' } }] });
  });
});

describe('giving back', () => {
  const BROKEN_OFF: BrokenOff = { kind: 'broken_off', remoteAddress: undefined, timings: { totalMs: 1 } };

  test('gives back deliveries in flight and ends their jobs, though the receiver has not answered', async () => {
    const { promise: answered, resolve } = Promise.withResolvers<SendOutcome>();
    const { deliverer, seen } = workerIn({ send: () => answered });
    const id = newDeliveryId();
    const delivering = deliverer.deliver(id, 3, AT_ONCE);
    await eventually(() => seen.sent === 1);
    await deliverer.giveBackInFlight();
    expect(await delivering).toEqual(NO_SIGNAL);
    expect(seen.returned).toMatchObject([{ claimed: { id }, to: { state: 'pending' } }]);
    expect(deliverer.takeReturned()).toMatchObject([{ deliveryId: id, attempt: 3, delayMs: 0 }]);
    resolve(answer(200));
    await deliverer.giveBackInFlight();
    expect(seen).toMatchObject({ settled: [], offered: [] });
    expect(deliverer.takeReturned()).toEqual([]);
  });

  test('lets the jobs end also when Postgres is unavailable: the leases run out', async () => {
    const { deliverer, seen } = workerIn({ send: () => new Promise(() => {}), unavailable: true });
    const delivering = deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    await eventually(() => seen.sent === 1);
    await expect(deliverer.giveBackInFlight()).rejects.toThrow(Unavailable);
    await delivering;
  });

  test('gives back a claim that arrives afterwards, without an attempt', async () => {
    const { promise: claimed, resolve } = Promise.withResolvers<void>();
    const { deliverer, seen } = workerIn({ claimed });
    const id = newDeliveryId();
    const delivering = deliverer.deliver(id, 1, AT_ONCE);
    await deliverer.giveBackInFlight();
    resolve();
    expect(await delivering).toEqual(NO_SIGNAL);
    expect(seen).toMatchObject({ sent: 0, settled: [], returned: [{ claimed: { id } }] });
    expect(deliverer.takeReturned()).toMatchObject([{ deliveryId: id, attempt: 1 }]);
  });

  test('gives back deliveries that wait for a rate slot; their requests are no attempts', async () => {
    const { promise: slot, resolve } = Promise.withResolvers<void>();
    const { deliverer, seen } = workerIn({ send: async () => BROKEN_OFF });
    const delivering = deliverer.deliver(newDeliveryId(), 1, () => slot);
    await eventually(() => seen.claims.length === 1);
    await deliverer.giveBackInFlight();
    expect(await delivering).toEqual(NO_SIGNAL);
    resolve();
    await eventually(() => seen.sent === 1);
    await deliverer.giveBackInFlight();
    expect(seen.returned).toHaveLength(1);
    expect(seen.settled).toEqual([]);
  });

  test.each([
    ['before', (deliverer: Deliverer, end: () => void) => [end(), deliverer.giveBackInFlight()]],
    ['after', (deliverer: Deliverer, end: () => void) => [deliverer.giveBackInFlight(), end()]],
  ])('an attempt broken off %s is none: no verdict, no signal, given back once', async (_, stop) => {
    const { promise: answered, resolve } = Promise.withResolvers<BrokenOff>();
    const { deliverer, seen } = workerIn({ send: () => answered });
    const delivering = deliverer.deliver(newDeliveryId(), 2, AT_ONCE);
    await eventually(() => seen.sent === 1);
    await Promise.all(stop(deliverer, () => resolve(BROKEN_OFF)));
    expect(await delivering).toEqual(NO_SIGNAL);
    expect(seen).toMatchObject({ settled: [], offered: [], gone: [] });
    expect(seen.returned).toHaveLength(1);
    expect(deliverer.takeReturned()).toHaveLength(1);
  });

  test('leaves an attempt with an outcome: it is recorded, also when it ended as the sender closed', async () => {
    const { promise: answered, resolve } = Promise.withResolvers<BrokenOff>();
    const { deliverer, seen } = workerIn({ send: () => answered });
    const delivering = deliverer.deliver(newDeliveryId(), 1, AT_ONCE);
    await eventually(() => seen.sent === 1);
    resolve({ ...BROKEN_OFF, received: { status: 200, headers: {}, body: { text: '', truncated: true } } });
    await deliverer.giveBackInFlight();
    await delivering;
    expect(seen.returned).toEqual([]);
    expect(seen.settled).toMatchObject([{ attempt: { verdict: 'delivered', outcome: { kind: 'response', status: 200 } } }]);
  });
});
