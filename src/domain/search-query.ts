import { ID_PREFIXES, type Id, type IdKind, isUuid, parseId } from './id.ts';
import { isObject } from './json.ts';

/** What somebody pasted into a search field. */
export type Recognised =
  /** An id of ours, of any kind. */
  | { readonly as: 'id'; readonly kind: IdKind; readonly id: Id<IdKind> }
  | { readonly as: 'uuid'; readonly uuid: string }
  | { readonly as: 'url'; readonly url: string }
  /** An HTTP status, or a class of them: a filter of deliveries. */
  | { readonly as: 'status'; readonly status: string }
  /** An id of a pass, an event or a template in another system, or the beginning of a name. */
  | { readonly as: 'text'; readonly text: string };

export const MAX_SEARCH_CHARS = 4096;
/** Members of bodies and log lines that hold an id. */
const ID_MEMBERS = [
  'webhook-id',
  'event_id',
  'eventId',
  'pass-id',
  'passId',
  'identifier',
  'tracking-id',
  'trackingId',
  'id',
];

/** Recognises what was pasted: with quotes, brackets, a final comma, as a header line, or as a whole body. */
export function recognise(pasted: string): Recognised {
  const text = idInBody(pasted) ?? bare(pasted);
  for (const kind of Object.keys(ID_PREFIXES) as IdKind[]) {
    const id = parseId(kind, text.toLowerCase());
    if (id) return { as: 'id', kind, id };
  }
  if (isUuid(text)) return { as: 'uuid', uuid: text.toLowerCase() };
  if (/^https?:\/\//i.test(text)) return { as: 'url', url: text };
  if (/^[1-5](\d\d|xx)$/i.test(text)) return { as: 'status', status: text.toLowerCase() };
  return { as: 'text', text };
}

/** Without what surrounds a value in logs and code. */
function bare(pasted: string): string {
  const value = pasted.trim().replace(/^[\w-]+\s*:\s+/, '');
  return value.replace(/^[\s"'`<([{]+/, '').replace(/[\s"'`>)\]},;]+$/, '');
}

/** The first known id of a pasted JSON body; undefined when it is none. */
function idInBody(pasted: string): string | undefined {
  if (!pasted.trim().startsWith('{')) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(pasted);
  } catch {
    return undefined; // a part of a body is searched for as text
  }
  const objects = [body, isObject(body) ? body.data : undefined];
  for (const object of objects) {
    if (!isObject(object)) continue;
    const name = ID_MEMBERS.find((member) => typeof object[member] === 'string');
    if (name !== undefined) return object[name] as string;
  }
  return undefined;
}
