import type { TenantId } from '../domain/id.ts';
import { pointerTo } from '../domain/json.ts';
import { type ReadEvent, readPostedEvent } from '../domain/read-posted-event.ts';
import { limitedSuggest } from '../domain/suggest.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { EventResult } from './classify-events.ts';
import type { EventIngest } from './ingest-events.ts';

export interface PostDeps {
  readonly ingest: Pick<EventIngest, 'ingest'>;
}

/**
 * Stores the valid events among `values` (parsed JSON) and reports for each of the others what is wrong.
 *
 * @param at JSON Pointer of the list in the request
 * @returns one result per value, with pointers into the request
 * @throws Unavailable, Problem not_found
 */
export async function postEvents(
  { ingest }: PostDeps,
  tenantId: TenantId,
  values: readonly unknown[],
  at: string,
): Promise<readonly EventResult[]> {
  const near = limitedSuggest();
  const read = await mapYielding(values, (value, index) => readPostedEvent(value, pointerTo(at, index), near));
  const items = read.filter((item) => item.kind === 'event');
  const results = items.length > 0 ? (await ingest.ingest(tenantId, items)).values() : [].values();
  return read.map((item, index) => {
    if (item.kind !== 'event') return refusal(item);
    const result = results.next().value;
    if (!result) throw new Error('ingest returned fewer results than it was given events');
    return inRequest(result, pointerTo(at, index));
  });
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
