import type { Redis } from 'ioredis';
import type { Carried, SoughtDeliveries } from '../../ports/queue.ts';
import { gatePrefix } from './gate.ts';
import { memberOf } from './gate-messages.ts';

/** How many replies an endpoint has. */
const REPLIES = 4;

/** Reads, in one round trip and without changing anything, which of these deliveries the gate has (see gate.lua). */
export async function lookFor(redis: Redis, prefix: string, heads: readonly SoughtDeliveries[]): Promise<Carried[]> {
  const gate = gatePrefix(prefix);
  const batch = redis.pipeline();
  for (const { endpointId, overdue } of heads) {
    const members = overdue.map(({ deliveryId, attempt }) => memberOf(deliveryId, attempt));
    batch.zcard(`${gate}:p:${endpointId}`).hget(`${gate}:e:${endpointId}`, 'opens');
    batch.zmscore(`${gate}:p:${endpointId}`, ...members).zmscore(`${gate}:ew:${endpointId}`, ...members);
  }
  const replies = ((await batch.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
  return heads.map(({ endpointId, overdue }, index) => {
    const [parked, opens, scores, leases] = replies.slice(REPLIES * index, REPLIES * (index + 1));
    const isMissing = (n: number) => (scores as unknown[])[n] === null && (leases as unknown[])[n] === null;
    return {
      endpointId,
      parked: Number(parked),
      isFailing: Number(opens) > 0,
      missing: overdue.filter((_, n) => isMissing(n)),
    };
  });
}
