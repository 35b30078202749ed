interface ProblemTypeInfo {
  readonly status: number;
  /** One sentence: when it occurs and what the caller can do. */
  readonly description: string;
}

/** Every code that a problem document can have, the last part of its `type`. Codes and statuses are stable. */
export const PROBLEM_TYPES = {
  'invalid-json': { status: 400, description: 'The body is not valid JSON in UTF-8.' },
  'malformed-request': { status: 400, description: 'The bytes are not an HTTP request; the connection is closed.' },
  'incomplete-body': { status: 400, description: 'The body ended before its announced length.' },
  'unreadable-body': { status: 400, description: 'The body cannot be decompressed.' },
  'invalid-if-match': { status: 400, description: 'If-Match is neither `*` nor a list of ETags.' },
  'invalid-idempotency-key': { status: 400, description: 'The Idempotency-Key is empty, too long or not printable.' },
  unauthenticated: { status: 401, description: 'The API key is missing, unknown or revoked.' },
  forbidden: { status: 403, description: 'The role of the key does not allow this call.' },
  'foreign-origin': {
    status: 403,
    description: 'A request with a session cookie comes from no page of the console; the detail says what is missing.',
  },
  'not-found': { status: 404, description: 'Not found, or not visible to this key.' },
  'method-not-allowed': { status: 405, description: 'The path does not support this method; `allow` lists those it does.' },
  'request-timeout': { status: 408, description: 'The request did not arrive in time; the connection is closed.' },
  'still-open': { status: 409, description: 'The delivery is still open, so it cannot be replayed; cancel it first.' },
  'not-cancellable': { status: 409, description: 'The delivery has ended or is being sent.' },
  'not-retrying': { status: 409, description: 'The delivery does not wait for a retry; the detail says what would work.' },
  'dry-run-outdated': {
    status: 409,
    description: 'What would be done has changed since the dry run; make another one.',
  },
  'replay-not-open': { status: 409, description: 'The replay has ended, or is in that state already.' },
  'too-many-replays': { status: 409, description: 'The tenant has too many replays that have not ended.' },
  'already-disabled': { status: 409, description: 'No subscription of the endpoint is enabled.' },
  'portal-link-used': { status: 409, description: 'The link to the portal was used already; have another one made.' },
  'portal-link-ended': { status: 409, description: 'The link to the portal was not used in time; have another one made.' },
  'already-closed': { status: 409, description: 'The dead letter was already replayed or discarded.' },
  'not-replayable': { status: 409, description: 'The delivery is a test; send another test instead.' },
  'no-template': { status: 409, description: 'The tenant has no template to make a sample event from.' },
  'event-gone': { status: 409, description: 'The event is no longer stored; replay with the mode `same` instead.' },
  'content-removed': {
    status: 409,
    description: 'What was to be sent was erased or is past retention, so it cannot be sent again.',
  },
  'subscription-gone': { status: 409, description: 'The subscription was deleted; nothing was changed.' },
  'secret-unreadable': {
    status: 409,
    description: 'A secret of the integration cannot be decrypted; its `warnings` name it.',
  },
  'already-subscribed': {
    status: 409,
    description: 'The endpoint is subscribed to the trigger and template already; `errors` name the subscription.',
  },
  'external-id-taken': { status: 409, description: 'Another template of the tenant has this `externalId`.' },
  'option-taken': { status: 409, description: 'Another integration of the tenant has this value of the option already.' },
  'subscription-conflict': { status: 409, description: 'The change would break the subscriptions that are named.' },
  'request-under-way': { status: 409, description: 'The first request with this Idempotency-Key is not finished.' },
  'answer-erased': {
    status: 409,
    description: 'The request with this Idempotency-Key was carried out, and its answer was erased on request.',
  },
  'version-mismatch': { status: 412, description: 'The object was changed since; read it again and repeat the change.' },
  'too-large': { status: 413, description: 'The body, or an event in it, is too large.' },
  'unsupported-media-type': { status: 415, description: 'The body must be application/json in UTF-8.' },
  'invalid-input': { status: 422, description: 'The input is wrong; `errors` point at what to fix.' },
  'tenant-required': { status: 422, description: 'The key is bound to no tenant, and the request names none.' },
  'unknown-template': { status: 422, description: 'The event names no template of the tenant.' },
  'id-reused': { status: 422, description: 'The event id was used for an event with other content.' },
  'too-many-deliveries': { status: 422, description: 'The events before it in the batch lead to too many deliveries.' },
  'tenant-limit': { status: 422, description: 'The tenant would exceed a limit. What it already has keeps working.' },
  'subscriptions-limit': { status: 422, description: 'One event would match more subscriptions than allowed.' },
  unbuildable: { status: 422, description: 'The dialect cannot express the event.' },
  'idempotency-key-reused': { status: 422, description: 'The Idempotency-Key was used with another request.' },
  'too-many-requests': {
    status: 429,
    description: 'The key, or for unknown keys the address, makes too many requests; wait for `retry-after`.',
  },
  'headers-too-large': {
    status: 431,
    description: 'The URL and headers together are larger than 16 KiB; the connection is closed.',
  },
  'internal-error': { status: 500, description: 'An unexpected error; the log has its cause under the request id.' },
  'not-ready': { status: 503, description: 'A part that Passwire needs must be corrected first; `/readyz` names it.' },
  overloaded: { status: 503, description: 'More is asked for at once than can be done in time; try again later.' },
  unavailable: { status: 503, description: 'The store is unavailable; try again later.' },
} as const satisfies Readonly<Record<string, ProblemTypeInfo>>;

export type ProblemCode = keyof typeof PROBLEM_TYPES;
export type ProblemUrn = `urn:passwire:problem:${ProblemCode}`;

export const PROBLEM_CODES = Object.keys(PROBLEM_TYPES) as ProblemCode[];

export function urnOf<C extends string>(code: C): `urn:passwire:problem:${C}` {
  return `urn:passwire:problem:${code}`;
}

/** The code in the type of a problem. */
export function codeOf(urn: ProblemUrn): string {
  return urn.slice(urnOf('').length);
}

/** `too-large` is `Too large`. */
export function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
