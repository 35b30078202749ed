import { checkInput } from './check-input.ts';
import { MAX_EVENT_BYTES, OPEN_CONTAINERS, type PostedEvent, postedEventSchema } from './event.ts';
import { type FieldError, findUnsupported, isObject, pointerTo } from './json.ts';
import { limitedSuggest, type Suggest } from './suggest.ts';
import { OPERATIONAL_TRIGGERS } from './trigger.ts';

/** A posted event that was read. */
export interface PostedItem {
  readonly event: PostedEvent;
  /** Its compact JSON text: an id that is posted again with another text is refused. */
  readonly text: string;
}

/** A posted event, or why the value is none. `too-large` has a status code of its own. */
export type ReadEvent =
  | ({ readonly kind: 'event' } & PostedItem)
  | { readonly kind: 'too-large'; readonly error: FieldError }
  | { readonly kind: 'invalid'; readonly errors: readonly FieldError[] };

/** More errors would not help anyone; an event can have thousands of wrong members. */
const MAX_ERRORS = 20;

const POSTED_TRIGGERS = postedEventSchema.options.map(({ shape }) => shape.type.value);

/** Stands for an event of which parsing lost something: its text has a member twice, or a number that cannot be carried. */
export class LossyEvent {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    this.errors = errors;
  }
}

/**
 * Reads an event from parsed JSON. Its text is the same whether it was posted alone or in a batch: members stay in order, because
 * names that JSON parsers reorder are refused, or stand first in an open container either way.
 *
 * @param at JSON Pointer of the event in the request
 * @param near makes the suggestions of the request
 */
export function readPostedEvent(value: unknown, at = '', near: Suggest = limitedSuggest()): ReadEvent {
  if (value instanceof LossyEvent) return { kind: 'invalid', errors: value.errors };
  // first, because it bounds the depth that everything after it recurses into
  const unsupported = findUnsupported(value, { at, openContainers: OPEN_CONTAINERS });
  if (unsupported.length > 0) return { kind: 'invalid', errors: unsupported };
  const text = JSON.stringify(value) ?? '';
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    return { kind: 'too-large', error: { pointer: at, detail: `is larger than ${MAX_EVENT_BYTES} bytes` } };
  }
  const wrongTrigger = refuseTrigger(value, at, near);
  if (wrongTrigger) return { kind: 'invalid', errors: [wrongTrigger] };
  const checked = checkInput(postedEventSchema, value, at, { limit: MAX_ERRORS, near });
  if (checked.ok) return { kind: 'event', event: checked.value, text };
  return { kind: 'invalid', errors: checked.errors };
}

function refuseTrigger(value: unknown, at: string, near: Suggest): FieldError | undefined {
  if (!isObject(value) || typeof value.type !== 'string') return undefined;
  const { type } = value;
  if (POSTED_TRIGGERS.some((trigger) => trigger === type)) return undefined;
  const pointer = pointerTo(at, 'type');
  if (type === 'pass.first_installed') {
    return { pointer, detail: 'is derived from the first pass.installed of a pass and cannot be posted' };
  }
  if (OPERATIONAL_TRIGGERS.some((operational) => operational === type)) {
    return { pointer, detail: 'is an event of Passwire’s own, to be subscribed to and never posted' };
  }
  const meant = near(type, () => POSTED_TRIGGERS);
  const hint = meant === undefined ? `; the triggers are ${POSTED_TRIGGERS.join(', ')}` : `; did you mean ${meant}?`;
  return { pointer, detail: `is not a trigger${hint}` };
}
