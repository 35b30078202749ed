import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EndpointId, TenantId } from '../../../src/domain/id.ts';
import { Recoverer } from '../../../src/pipeline/recover.ts';
import { GatedQueue } from '../../../src/queue/delivery-queue.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createOverdueStore } from '../../../src/store/deliveries/overdue.ts';
import { useDatabase } from '../../support/database.ts';
import { sharedServers } from '../../support/servers.ts';
import { givenBacklog } from '../store/samples.ts';
import { WORKER } from './deliveries.ts';
import { givenSetup } from './installation.ts';

// The sweep on a real Postgres and a real gate, with a backlog of tens of thousands.

const database = useDatabase();
const BACKLOG = 60_000;

test('a lost delivery is found behind the backlog of a dead endpoint, whose parked list is full', async () => {
  const log = { info() {}, warn() {}, error() {} };
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const queue = new GatedQueue({ url: sharedServers().redisUrl, prefix, rules: { maxParked: 15_000 } }, log);
  const db = database();
  const overdue = createOverdueStore(db);
  const recoverer = new Recoverer({ claims: createClaimStore(db, WORKER), overdue, queue, log });
  const [dead, healthy] = [await givenSetup(db), await givenSetup(db)];
  const parkedAt = async ({ subscription: { endpointId } }: typeof dead) =>
    (await queue.health.of([endpointId])).get(endpointId)?.parked;
  try {
    await givenBacklog(db, dead.subscription, BACKLOG);
    const all = [...(await pages(dead.tenantId, dead.subscription.endpointId))];
    await queue.offerAndWait(all);
    expect(await parkedAt(dead)).toBe(15_000);
    await givenBacklog(db, healthy.subscription, 1);
    const offered = counting(queue);
    await recoverer.sweep();
    expect(await parkedAt(healthy)).toBe(1);
    expect(offered(), 'of the backlog nothing is offered again').toBe(1);
  } finally {
    await queue.health.reset(dead.subscription.endpointId);
    await queue.close();
  }

  async function pages(tenantId: TenantId, endpointId: EndpointId) {
    return (await overdue.of(endpointId, 0, 20_000, undefined)).map((due) => ({ ...due, tenantId }));
  }
});

/** Counts the deliveries that are offered from now on. */
function counting(queue: GatedQueue): () => number {
  let count = 0;
  const offerAndWait = queue.offerAndWait.bind(queue);
  queue.offerAndWait = (offered) => {
    count += offered.length;
    return offerAndWait(offered);
  };
  return () => count;
}
