import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Unavailable } from '../../../src/domain/errors.ts';
import { newId } from '../../../src/domain/id.ts';
import { WorkerWatch } from '../../../src/pipeline/watch-workers.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import type { Beat, ReleasedClaims } from '../../../src/ports/workers.ts';

const due: DueDelivery = {
  deliveryId: newId('delivery', 0),
  tenantId: newId('tenant', 0),
  endpointId: newId('endpoint', 0),
  attempt: 1,
  delayMs: 0,
};

/** A worker whose beats are answered like this, in turn; undefined: Postgres is unavailable. */
function workerWith(
  beats: readonly (Beat | undefined)[],
  release: () => Promise<ReleasedClaims> = async () => ({ workers: [], due: [] }),
) {
  const seen = {
    offered: [] as DueDelivery[],
    warned: [] as object[],
    mayLead: [] as boolean[],
    canSweep: true,
    releases: 0,
    left: false,
  };
  const answers = [...beats];
  const time = { ms: 0 };
  const registry = {
    async beat({ mayLead }: { readonly mayLead: boolean }) {
      seen.mayLead.push(mayLead);
      const answer = answers.shift();
      if (!answer) throw new Unavailable('Postgres');
      return answer;
    },
    async releaseDead() {
      seen.releases += 1;
      return release();
    },
    async leave() {
      seen.left = true;
    },
  };
  const queue = { offer: (deliveries: readonly DueDelivery[]) => void seen.offered.push(...deliveries) };
  const log = { info() {}, warn: (fields: object) => void seen.warned.push(fields), error() {} };
  return {
    watch: new WorkerWatch(
      { registry, queue, canSweep: () => seen.canSweep, load: () => ({ slots: 4, inFlight: 1 }), log },
      () => time.ms,
    ),
    seen,
    time,
  };
}

const leading = { leads: true, someDied: false };
const someDied = { leads: false, someDied: true };

test('leads while its beats are recent and name it', async () => {
  const { watch, time } = workerWith([leading, undefined, leading, { leads: false, someDied: false }]);
  expect(watch.leads).toBe(false);
  await watch.beat();
  expect(watch.leads).toBe(true);
  await expect(watch.beat()).rejects.toThrow(Unavailable);
  expect(watch.leads).toBe(true);
  time.ms += 3000; // another one leads by now
  expect(watch.leads).toBe(false);
  await watch.beat();
  expect(watch.leads).toBe(true);
  await watch.beat();
  expect(watch.leads).toBe(false);
});

test('leaves the lead when it drains, and goes on beating', async () => {
  const { watch, seen } = workerWith([leading, { leads: false, someDied: false }]);
  await watch.beat();
  watch.drain();
  expect(watch.leads).toBe(false);
  await watch.beat();
  expect(seen.mayLead).toEqual([true, false]);
  await watch.leave();
  expect(seen.left).toBe(true);
});

test('leaves the lead to a worker that reaches Redis, until it does so itself', async () => {
  const { watch, seen } = workerWith([leading, { leads: false, someDied: false }, leading]);
  await watch.beat();
  seen.canSweep = false;
  await watch.beat();
  seen.canSweep = true;
  await watch.beat();
  expect(seen.mayLead).toEqual([true, false, true]);
});

test('offers what dead workers had claimed, and reports them', async () => {
  const dead = newId('worker', 0);
  const { watch, seen } = workerWith([someDied], async () => ({ workers: [dead], due: [due] }));
  await watch.beat();
  await setImmediate();
  expect(seen).toMatchObject({ offered: [due], warned: [{ workers: [dead], deliveries: 1 }] });
});

test('beats on while Postgres does not answer the release, which is sent once', async () => {
  const { watch, seen } = workerWith([someDied, someDied], () => new Promise(() => {}));
  await watch.beat();
  await watch.beat();
  expect(seen).toMatchObject({ mayLead: [true, true], releases: 1 });
});

test('reports a release that failed, and tries again with the next beat', async () => {
  const { watch, seen } = workerWith([someDied, someDied], () => Promise.reject(new Unavailable('Postgres')));
  await watch.beat();
  await setImmediate();
  await watch.beat();
  await setImmediate();
  expect(seen).toMatchObject({ warned: [{ err: expect.any(Unavailable) }, {}], releases: 2 });
});

test('says nothing when another worker was faster, and looks only when some died', async () => {
  const { watch, seen } = workerWith([someDied, leading]);
  await watch.beat();
  await watch.beat();
  await setImmediate();
  expect(seen).toMatchObject({ offered: [], warned: [], releases: 1 });
});
