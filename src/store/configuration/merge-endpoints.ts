import { endpointAddress } from '../../domain/endpoint-address.ts';
import { toId } from '../../domain/id.ts';
import type { Database, Statements } from '../database.ts';
import { moveOpen } from '../deliveries/open-deliveries.ts';
import { changeConfiguration } from './change-configuration.ts';

// Endpoints of earlier versions had the URL as it was written, so one address could have several. Each is normalised; of those that are
// one address the oldest stays, and the subscriptions and open deliveries of the others move to it. A crash leaves the rest for the next
// call: an endpoint counts as normalised when everything has moved.

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
  for (;;) {
    // endpoints_written_idx
    const [next] = await db.$queryRaw<{ tenant_id: string; integration_id: string }[]>`
      SELECT e.tenant_id, e.integration_id FROM endpoints e JOIN tenants t ON t.id = e.tenant_id AND t.deleted_at IS NULL
      WHERE NOT e.normalised LIMIT 1`;
    if (!next) return merged;
    merged += await mergeChunk(db, next.tenant_id, next.integration_id);
  }
}

async function mergeChunk(db: Database, tenant: string, integrationId: string): Promise<number> {
  const { kept, merged } = await changeConfiguration(db, toId('tenant', tenant), async (tx) => {
    const addresses = await unfinishedAddresses(tx, integrationId);
    let count = 0;
    for (const [address, same] of addresses) count += await mergeInto(tx, address, same);
    return { kept: addresses.map(([, [oldest]]) => oldest.id), merged: count };
  });
  const subscriptions = await db.subscription.findMany({ where: { endpointId: { in: kept } }, select: { id: true } });
  for (const { id } of subscriptions) await moveOpen(db, id);
  await db.endpoint.updateMany({ where: { id: { in: kept } }, data: { normalised: true } });
  return merged;
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
