import { expect } from 'vitest';
import { Client } from '../support/client.ts';
import type { Passwire } from '../support/passwire.ts';

const BATCH = 100;

export interface BrokenHour {
  readonly tenantId: string;
  readonly key: string;
  readonly client: Client;
  readonly endpointIds: readonly string[];
  readonly paths: readonly string[];
  /** The `webhook-id`s that arrived since the receivers work again. */
  received(): readonly string[];
  /** Events whose deliveries fail permanently while the receivers are broken. */
  emitDead(count: number): Promise<void>;
  /** The receivers are broken again. */
  breakAgain(status?: number): void;
}

/** A tenant with dead deliveries to several endpoints, which work again. */
export async function brokenHour(
  passwire: Passwire,
  { events, endpoints = 1 }: { readonly events: number; readonly endpoints?: number },
): Promise<BrokenHour> {
  const { admin, receiver } = passwire;
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Broken hour' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'developer', role: 'tenant', tenantId });
  const client = new Client(() => passwire.api.url, key);
  const templateId = await client.makeTemplate();
  const { id: integrationId } = await client.makeIntegration({
    name: 'POS',
    dialect: 'standard',
    limits: { maxInFlight: 50 },
  });
  const paths = Array.from({ length: endpoints }, (_, index) => `/${tenantId}/${index + 1}`);
  for (const path of paths) {
    receiver.answer(path, { status: 413 });
    await client.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  }
  const dead = async (): Promise<number> => {
    const run = await client.ok<{ count: number }>('POST', '/v1/replays/dry-run', { after: '2020-01-01T00:00:00Z' });
    return run.count;
  };
  let made = 0;
  const emitDead = async (count: number): Promise<void> => {
    const before = await dead();
    for (let done = 0; done < count; done += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - done) }, () => {
        made += 1;
        const pass = { id: `Store-${made}`, fields: { number: made } };
        return { type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass };
      });
      await client.ok('POST', '/v1/events/batch', { events: batch });
    }
    await expect.poll(dead, { timeout: 120_000 }).toBe(before + count * endpoints);
  };
  await emitDead(events);
  const before = new Map(paths.map((path) => [path, receiver.at(path).length]));
  for (const path of paths) receiver.answer(path, { status: 200 });
  const { data } = await client.ok<{ data: readonly { id: string }[] }>('GET', '/v1/endpoints');
  return {
    tenantId,
    key,
    client,
    paths,
    endpointIds: data.map(({ id }) => id),
    emitDead,
    received: () =>
      paths.flatMap((path) =>
        receiver
          .at(path)
          .slice(before.get(path))
          .map(({ headers }) => String(headers['webhook-id'])),
      ),
    breakAgain(status = 413) {
      for (const path of paths) receiver.answer(path, { status });
    },
  };
}
