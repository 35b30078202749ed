import { endpointAddress } from '../../domain/endpoint-address.ts';
import { Problem } from '../../domain/errors.ts';
import { toId } from '../../domain/id.ts';
import type { Database, Statements } from '../database.ts';
import { awaitingMoves, moveOpen } from '../deliveries/open-deliveries.ts';
import { changeConfiguration } from './change-configuration.ts';

// Endpoints of earlier versions had the URL as it was written, so one address could have several. Each is normalised; of those that are
// one address the oldest stays, and the subscriptions and open deliveries of the others move to it. A crash, or a delivery that a worker
// has locked, leaves the rest for the next call: an endpoint counts as normalised when everything has moved. So several workers may run
// this at once.

/** How many addresses one transaction normalises. */
const CHUNK = 200;

interface EndpointOfAddress {
  readonly id: string;
  readonly url: string;
  readonly normalised: boolean;
}

/** The endpoints of one address, oldest first. */
type SameAddress = readonly [EndpointOfAddress, ...EndpointOfAddress[]];

/** Normalises all endpoints. @returns how many were merged into another one */
export async function mergeEndpoints(db: Database): Promise<number> {
  let merged = 0;
  const unfinished: string[] = [];
  for (;;) {
    // endpoints_written_idx
    const [next] = await db.$queryRaw<{ tenant_id: string; integration_id: string }[]>`
      SELECT e.tenant_id, e.integration_id FROM endpoints e JOIN tenants t ON t.id = e.tenant_id AND t.deleted_at IS NULL
      WHERE NOT e.normalised AND e.integration_id <> ALL(${unfinished}::uuid[]) LIMIT 1`;
    if (!next) return merged;
    const chunk = await mergeChunk(db, next.tenant_id, next.integration_id).catch(nothingOfDeletedTenant);
    merged += chunk.merged;
    if (!chunk.isFinished) unfinished.push(next.integration_id);
  }
}

/** A tenant may be deleted after its endpoint was read. */
function nothingOfDeletedTenant(error: unknown): Chunk {
  if (error instanceof Problem && error.kind === 'not_found') return { merged: 0, isFinished: false };
  throw error;
}

interface Chunk {
  readonly merged: number;
  readonly isFinished: boolean;
}

async function mergeChunk(db: Database, tenant: string, integrationId: string): Promise<Chunk> {
  const { oldest, merged } = await changeConfiguration(db, toId('tenant', tenant), async (tx) => {
    const addresses = await unfinishedAddresses(tx, integrationId);
    let count = 0;
    for (const [address, same] of addresses) count += await mergeInto(tx, address, same);
    return { oldest: addresses.map(([, [first]]) => first.id), merged: count };
  });
  const subscriptions = await db.subscription.findMany({ where: { endpointId: { in: oldest } }, select: { id: true } });
  for (const { id } of subscriptions) await moveOpen(db, id);
  const waiting = await awaitingMoves(db, oldest);
  const finished = oldest.filter((id) => !waiting.has(id));
  await db.endpoint.updateMany({ where: { id: { in: finished } }, data: { normalised: true } });
  return { merged, isFinished: waiting.size === 0 };
}

/** The addresses with an endpoint that is not normalised. */
async function unfinishedAddresses(tx: Statements, integrationId: string): Promise<[string, SameAddress][]> {
  const rows = await tx.endpoint.findMany({
    where: { integrationId },
    orderBy: { id: 'asc' },
    select: { id: true, url: true, normalised: true },
  });
  const addresses = new Map<string, SameAddress>();
  for (const row of rows) {
    const address = endpointAddress(row.url);
    const same = addresses.get(address);
    addresses.set(address, same ? [...same, row] : [row]);
  }
  return [...addresses].filter(([, same]) => same.some(({ normalised }) => !normalised)).slice(0, CHUNK);
}

async function mergeInto(tx: Statements, address: string, [oldest, ...others]: SameAddress): Promise<number> {
  const ids = others.map(({ id }) => id);
  if (ids.length > 0) {
    await tx.subscription.updateMany({ where: { endpointId: { in: ids } }, data: { endpointId: oldest.id } });
    await tx.endpoint.deleteMany({ where: { id: { in: ids } } });
    // until the open deliveries have moved too
    await tx.endpoint.update({ where: { id: oldest.id }, data: { normalised: false } });
  }
  if (oldest.url !== address) await tx.endpoint.update({ where: { id: oldest.id }, data: { url: address } });
  return ids.length;
}
