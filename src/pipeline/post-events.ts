import { Problem } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import { pointerTo } from '../domain/json.ts';
import { type PostedItem, type ReadEvent, readPostedEvent } from '../domain/read-posted-event.ts';
import { limitedSuggest } from '../domain/suggest.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { EventResult, RefusedResult } from './classify-events.ts';
import type { EventIngest } from './ingest-events.ts';

export interface PostDeps {
  readonly ingest: Pick<EventIngest, 'ingest'>;
}

/** A posted event as parsed JSON, and its tenant or why it has none. */
export interface PostedValue {
  readonly value: unknown;
  readonly tenant: TenantId | RefusedResult;
}

/**
 * Stores the valid events among `values` and reports for each of the others what is wrong.
 *
 * @param at JSON Pointer of the list in the request
 * @returns one result per value, with pointers into the request
 * @throws Unavailable; then events of some tenants may have been stored
 */
export async function postEvents(
  { ingest }: PostDeps,
  values: readonly PostedValue[],
  at: string,
): Promise<readonly EventResult[]> {
  const near = limitedSuggest();
  const read = await mapYielding(values, ({ value }, index) => readPostedEvent(value, pointerTo(at, index), near));
  const items = new Map<TenantId, PostedItem[]>();
  for (const [index, item] of read.entries()) {
    const tenant = values[index]?.tenant;
    if (item.kind !== 'event' || typeof tenant !== 'string') continue;
    const ofTenant = items.get(tenant) ?? [];
    items.set(tenant, ofTenant);
    ofTenant.push(item);
  }
  const stored = [...items].map(
    async ([tenantId, ofTenant]) => [tenantId, await ingestFor(ingest, tenantId, ofTenant)] as const,
  );
  const results = new Map((await Promise.all(stored)).map(([tenantId, list]) => [tenantId, list.values()]));
  return read.map((item, index) => {
    if (item.kind !== 'event') return refusal(item);
    const tenant = values[index]?.tenant;
    const result = typeof tenant === 'string' ? results.get(tenant)?.next().value : tenant;
    if (!result) throw new Error('ingest returned fewer results than it was given events');
    return inRequest(result, pointerTo(at, index));
  });
}

/** The events of a tenant that does not exist are refused one by one: those of others beside them are not. */
async function ingestFor(
  ingest: PostDeps['ingest'],
  tenantId: TenantId,
  items: readonly PostedItem[],
): Promise<readonly EventResult[]> {
  try {
    return await ingest.ingest(tenantId, items);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'not_found') throw error;
    return items.map(() => ({
      kind: 'refused',
      code: 'not-found',
      errors: [{ pointer: '/tenantId', detail: error.message }],
    }));
  }
}

/** The same for an event that is the whole request. */
export async function postEvent({ ingest }: PostDeps, tenantId: TenantId, value: unknown): Promise<EventResult> {
  const item = readPostedEvent(value);
  if (item.kind !== 'event') return refusal(item);
  const [result] = await ingest.ingest(tenantId, [item]);
  if (!result) throw new Error('ingest returned no result');
  return result;
}

function refusal(item: Exclude<ReadEvent, { readonly kind: 'event' }>): EventResult {
  if (item.kind === 'too-large') return { kind: 'refused', code: 'too-large', errors: [item.error] };
  return { kind: 'refused', code: 'invalid-input', errors: item.errors };
}

function inRequest(result: EventResult, at: string): EventResult {
  if (result.kind === 'accepted') return result;
  return { ...result, errors: result.errors.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })) };
}
