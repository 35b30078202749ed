import type { PostedEvent } from '../domain/event.ts';
import type { EventId, TenantId } from '../domain/id.ts';
import { type FieldError, pointerTo } from '../domain/json.ts';
import { type ReadEvent, readPostedEvent } from '../domain/read-posted-event.ts';

/** The ingest verb, as far as posting needs it. */
export interface Ingest {
  ingest(
    tenantId: TenantId,
    items: readonly { readonly event: PostedEvent; readonly text: string }[],
  ): Promise<readonly IngestOutcome[]>;
}

type IngestOutcome =
  | { readonly kind: 'accepted'; readonly id: EventId; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly code: 'unknown-template' | 'id-reused'; readonly error: FieldError };

/** What became of one posted event. Pointers are those of the whole request. */
export type PostResult =
  | { readonly kind: 'accepted'; readonly id: EventId; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly errors: readonly FieldError[] };

export const REFUSAL_CODES = ['invalid-input', 'too-large', 'unknown-template', 'id-reused'] as const;
type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * Takes in what is right of `values` (parsed JSON) and says of each of the others what is wrong.
 *
 * @param at JSON Pointer of the list in the request
 * @throws Unavailable, Problem not_found
 */
export async function postEvents(
  ingest: Ingest,
  tenantId: TenantId,
  values: readonly unknown[],
  at: string,
): Promise<readonly PostResult[]> {
  const read = values.map((value, index) => readPostedEvent(value, pointerTo(at, index)));
  const items = read.filter((item) => item.kind === 'event');
  const outcomes = items.length > 0 ? (await ingest.ingest(tenantId, items)).values() : [].values();
  return read.map((item, index) => {
    if (item.kind !== 'event') return refusal(item);
    const outcome = outcomes.next().value;
    if (!outcome) throw new Error('ingest gave fewer results than it got events');
    return outcome.kind === 'accepted' ? outcome : { ...outcome, errors: [placed(outcome.error, pointerTo(at, index))] };
  });
}

/** The same for an event that is the whole request. */
export async function postEvent(ingest: Ingest, tenantId: TenantId, value: unknown): Promise<PostResult> {
  const item = readPostedEvent(value);
  if (item.kind !== 'event') return refusal(item);
  const [outcome] = await ingest.ingest(tenantId, [item]);
  if (!outcome) throw new Error('ingest gave no result');
  return outcome.kind === 'accepted' ? outcome : { ...outcome, errors: [outcome.error] };
}

function refusal(item: Exclude<ReadEvent, { readonly kind: 'event' }>): PostResult {
  if (item.kind === 'too-large') return { kind: 'refused', code: 'too-large', errors: [item.error] };
  return { kind: 'refused', code: 'invalid-input', errors: item.errors };
}

function placed({ pointer, detail }: FieldError, at: string): FieldError {
  return { pointer: `${at}${pointer}`, detail };
}
