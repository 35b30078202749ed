import { z } from 'zod';
import { CHANGE_ACTIONS, type Change } from '../../domain/change.ts';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import { TRIGGERS } from '../../domain/trigger.ts';
import type { FeedEntry } from '../../ports/changes.ts';
import { idSchema } from '../id-schema.ts';

// The stream in Redis that announcements travel by: an entry holds the changes that a process wrote together.

/** Present only while somebody watches, and for two minutes afterwards. */
export function streamKey(prefix: string): string {
  return `${prefix}:changes`;
}

/** The name of the stream, which is another one after Redis lost it. */
export function epochKey(stream: string): string {
  return `${stream}:epoch`;
}

/** The changes of an entry, as JSON. */
export const CHANGES_FIELD = 'changes';
/** Present when the process could not announce some changes before this entry. */
export const MISSED_FIELD = 'missed';

const attemptSchema = z.object({
  number: z.int(),
  startedAt: z.string(),
  verdict: z.enum(['delivered', 'retryable', 'permanent']),
  status: z.int().optional(),
  reason: z.string().optional(),
  durationMs: z.number().optional(),
});

const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delivery'),
    action: z.enum(CHANGE_ACTIONS),
    tenantId: idSchema('tenant'),
    deliveryId: idSchema('delivery'),
    subscriptionId: idSchema('subscription'),
    endpointId: idSchema('endpoint'),
    eventId: idSchema('event'),
    trigger: z.enum(TRIGGERS),
    passId: z.string(),
    test: z.boolean(),
    state: z.enum(DELIVERY_STATES),
    lastStatus: z.int().optional(),
    attempt: attemptSchema.optional(),
  }),
  z.object({ kind: z.literal('endpoint'), tenantId: idSchema('tenant'), endpointId: idSchema('endpoint') }),
]);

export function writeChanges(changes: readonly Change[]): string {
  return JSON.stringify(changes);
}

/** An entry of a stream: its id, and names and values in turn. */
export type RawEntry = readonly [id: string, fields: readonly string[]];

export interface ReadEntry {
  readonly entries: readonly FeedEntry[];
  readonly missed: boolean;
}

/** Reads an entry. A change of a kind that this process does not know comes from a newer one, and is left out. */
export function readEntry(epoch: string, [id, fields]: RawEntry): ReadEntry {
  const { ms, sequence } = entryId(id);
  const text = fieldOf(fields, CHANGES_FIELD);
  const raw: unknown = text === undefined ? [] : JSON.parse(text);
  const entries = z
    .array(z.unknown())
    .parse(raw)
    .flatMap((item, index): FeedEntry[] => {
      const { success, data } = changeSchema.safeParse(item);
      return success ? [{ position: { epoch, ms, sequence, index }, change: data }] : [];
    });
  return { entries, missed: fieldOf(fields, MISSED_FIELD) !== undefined };
}

/** `<milliseconds>-<sequence>`, as Redis writes it. */
export function entryId(id: string): { readonly ms: number; readonly sequence: number } {
  const [ms, sequence] = id.split('-').map(Number);
  return { ms: ms ?? 0, sequence: sequence ?? 0 };
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}
