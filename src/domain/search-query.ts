import { ID_PREFIXES, type Id, type IdKind, isUuid, parseId } from './id.ts';
import { isObject } from './json.ts';

/** What somebody pasted into a search field, or a part of it. */
export type Recognised =
  /** An id of ours, of any kind. */
  | { readonly as: 'id'; readonly kind: IdKind; readonly id: Id<IdKind> }
  | { readonly as: 'uuid'; readonly uuid: string }
  | { readonly as: 'url'; readonly url: string }
  /** A host, perhaps with a port; it may as well be an id in another system. */
  | { readonly as: 'host'; readonly host: string }
  /** An HTTP status, or a class of them: a filter of deliveries. */
  | { readonly as: 'status'; readonly status: string }
  /** An id of a pass, an event or a template in another system, or the beginning of a name. */
  | { readonly as: 'text'; readonly text: string };

export const MAX_SEARCH_CHARS = 4096;
/** Members of bodies, headers and log lines that hold an id; the first are the most exact. */
const ID_MEMBERS = [
  'webhook-id',
  'event_id',
  'eventId',
  'delivery_id',
  'deliveryId',
  'tracking-id',
  'trackingId',
  'identifier',
  'pass-id',
  'passId',
  'pass_id',
  'userProvidedId',
  'serialNumber',
  'id',
];
/** What a body or a log line may hold that is tried. */
const MOST = 8;

/**
 * What was pasted may be: a value with quotes, brackets or a final comma around it, header lines, a whole body, or a line of a log.
 *
 * @returns in the order in which they should be looked for; at least one, and the text as it is last
 */
export function recognise(pasted: string): readonly Recognised[] {
  const whole = recogniseValue(bare(pasted));
  if (whole.as !== 'text') return [whole];
  const values = [...idsOfOurs(pasted), ...membersOf(pasted), ...uuidsIn(pasted)];
  const different = [...new Set(values)].slice(0, MOST).map(recogniseValue);
  return [...different, ...(different.length > 0 ? [] : [whole])];
}

function recogniseValue(text: string): Recognised {
  const value = dashed(text.toLowerCase());
  for (const kind of Object.keys(ID_PREFIXES) as IdKind[]) {
    const id = parseId(kind, value);
    if (id) return { as: 'id', kind, id };
  }
  if (isUuid(value)) return { as: 'uuid', uuid: value };
  if (/^https?:\/\//i.test(text)) return { as: 'url', url: text };
  if (/^[1-5](\d\d|xx)$/i.test(text)) return { as: 'status', status: text.toLowerCase() };
  if (/^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z][a-z\d-]+(:\d+)?$/i.test(text)) return { as: 'host', host: text.toLowerCase() };
  return { as: 'text', text };
}

/** A UUID that was written without its dashes, behind the prefix of an id or alone. */
function dashed(text: string): string {
  return text.replace(/^([a-z]{3}_)?([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/, '$1$2-$3-$4-$5-$6');
}

/** Without what surrounds a value in logs and code, and without the name of its header. */
function bare(pasted: string): string {
  const value = pasted.trim().replace(/^[\w-]+\s*:\s+/, '');
  return value.replace(/^[\s"'`<([{]+/, '').replace(/[\s"'`>)\]},;]+$/, '');
}

const HEX = '[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}';
const OURS = new RegExp(`\\b(?:${Object.values(ID_PREFIXES).join('|')})_${HEX}\\b`, 'gi');
const UUIDS = new RegExp(`\\b${HEX}\\b`, 'gi');

function idsOfOurs(pasted: string): readonly string[] {
  return pasted.match(OURS) ?? [];
}

function uuidsIn(pasted: string): readonly string[] {
  return pasted.match(UUIDS) ?? [];
}

/** The values of known members: of a JSON body wherever they are in it, else of what looks like `name: value` or `name=value`. */
function membersOf(pasted: string): readonly string[] {
  const found = new Map<string, string[]>();
  const note = (name: string, value: string): void => {
    if (value !== '' && ID_MEMBERS.includes(name)) found.set(name, [...(found.get(name) ?? []), value]);
  };
  const body = parsed(pasted);
  if (body !== undefined) noteMembers(body, note);
  else for (const [, name = '', value = ''] of pasted.matchAll(NAMED_VALUE)) note(name, value);
  return ID_MEMBERS.flatMap((name) => found.get(name) ?? []);
}

/** `webhook-id: msg_1`, `passId=7Hq2`, `"event_id":"e-1"`; a value ends at a blank, a quote, a comma or a bracket. */
const NAMED_VALUE = /([\w-]+)["']?\s*[:=]\s*["']?([^\s"',;&{}()[\]]+)/g;

function noteMembers(value: unknown, note: (name: string, value: string) => void): void {
  if (Array.isArray(value)) for (const item of value) noteMembers(item, note);
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') note(name, member);
    else noteMembers(member, note);
  }
}

/** The JSON object that was pasted; undefined when it is none, or a part of one. */
function parsed(pasted: string): unknown {
  if (!pasted.trim().startsWith('{')) return undefined;
  try {
    return JSON.parse(pasted);
  } catch {
    return undefined; // a part of a body is read like a line of a log
  }
}
