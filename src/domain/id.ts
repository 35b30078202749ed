import { createHash, randomFillSync } from 'node:crypto';

/** What an id names; the prefix stands in front of every id that leaves the database. */
export const ID_PREFIXES = {
  tenant: 'ten',
  apiKey: 'key',
  template: 'tpl',
  integration: 'int',
  secret: 'sec',
  subscription: 'sub',
  endpoint: 'end',
  event: 'evt',
  delivery: 'dlv',
  deadLetter: 'dlt',
  message: 'msg',
  worker: 'wrk',
  replay: 'rpl',
  erasure: 'era',
  audit: 'aud',
  person: 'psn',
  portalLink: 'plk',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** A prefixed id, as `sub_0198c3…`. The kind is part of the type, so that one kind is never taken for another. */
export type Id<K extends IdKind> = string & { readonly __kind: K };

export type TenantId = Id<'tenant'>;
export type ApiKeyId = Id<'apiKey'>;
export type TemplateId = Id<'template'>;
export type IntegrationId = Id<'integration'>;
export type SecretId = Id<'secret'>;
export type SubscriptionId = Id<'subscription'>;
export type EndpointId = Id<'endpoint'>;
export type EventId = Id<'event'>;
export type DeliveryId = Id<'delivery'>;
export type DeadLetterId = Id<'deadLetter'>;
export type MessageId = Id<'message'>;
/** Somebody who signs in with an account of the identity provider. */
export type PersonId = Id<'person'>;
/** A worker process; another one after every start. */
export type WorkerId = Id<'worker'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PREFIX_LENGTH = 4;

/** True for a UUID in its usual form, upper or lower case, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text.toLowerCase());
}

/** Puts the prefix of `kind` in front of a UUID in lower case. */
export function toId<K extends IdKind>(kind: K, uuid: string): Id<K> {
  return `${ID_PREFIXES[kind]}_${uuid}` as Id<K>;
}

/** The bare UUID of an id. */
export function toUuid(id: Id<IdKind>): string {
  return id.slice(PREFIX_LENGTH);
}

/** Reads an id that came from outside; undefined when it is not one of `kind`. */
export function parseId<K extends IdKind>(kind: K, text: string): Id<K> | undefined {
  const isOne = text.startsWith(`${ID_PREFIXES[kind]}_`) && UUID.test(text.slice(PREFIX_LENGTH));
  return isOne ? (text as Id<K>) : undefined;
}

const POOL_BYTES = 8192;
const TAIL_BYTES = 8;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let poolUsed = POOL_BYTES;

function randomTail(): Buffer {
  if (poolUsed + TAIL_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += TAIL_BYTES;
  return pool.subarray(poolUsed - TAIL_BYTES, poolUsed);
}

const SEQUENCE_MAX = 0xfff;
let sequenceMs = -1;
let sequence = 0;

/** Counts the ids of one millisecond, so that what a process makes in it sorts in the order it was made (the first 4,096). */
function nextSequence(atMs: number): number {
  sequence = atMs === sequenceMs ? Math.min(sequence + 1, SEQUENCE_MAX) : 0;
  sequenceMs = atMs;
  return sequence;
}

/** UUIDv7 (RFC 9562, method 1): 48 bits of Unix milliseconds, 12 bits of `order`, the first 62 usable bits of `tail`. */
function uuidV7(atMs: number, order: number, tail: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(atMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | order, 6);
  bytes.set(tail.subarray(0, TAIL_BYTES), 8);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A new id of `kind` that sorts by `atMs` (Unix milliseconds), and behind what this process made before at the same time. */
export function newId<K extends IdKind>(kind: K, atMs: number): Id<K> {
  return toId(kind, uuidV7(atMs, nextSequence(atMs), randomTail()));
}

/** Unix milliseconds that a UUIDv7-based id carries. */
export function timeOfId(id: Id<IdKind>): number {
  return Number.parseInt(id.slice(PREFIX_LENGTH, PREFIX_LENGTH + 8) + id.slice(PREFIX_LENGTH + 9, PREFIX_LENGTH + 13), 16);
}

function orderOfId(id: Id<IdKind>): number {
  return Number.parseInt(id.slice(PREFIX_LENGTH + 15, PREFIX_LENGTH + 18), 16);
}

/**
 * The id of the delivery of `event` to `subscription`: the event's time and place in it, then a hash of both ids, so that
 * deliveries sort as their events do, and the primary key of the deliveries alone keeps an event from being delivered twice
 * to one subscription. A replay rendered anew passes a `salt` of its own.
 */
export function deliveryId(event: EventId, subscription: SubscriptionId, salt = ''): DeliveryId {
  const tail = createHash('sha256').update(event).update(subscription).update(salt).digest();
  return toId('delivery', uuidV7(timeOfId(event), orderOfId(event), tail));
}

/** The lowest UUID of an instant: a bound for range scans and partitions by id. */
export function lowestUuidAt(atMs: number): string {
  const hex = atMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
