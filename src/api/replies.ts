import { isObject } from '../domain/json.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { Reply } from './idempotency.ts';
import { entityTag } from './if-match.ts';
import { OtherAnswer, RawAnswer, type Route, StreamAnswer } from './route.ts';

/** Longer lists are written in pieces: one text of 50 MB would hold up the event loop for as long as its conversion takes. */
const MAX_WHOLE_BYTES = 1024 * 1024;

/** The reply with what a handler returned. */
export async function replyOf(route: Route, value: unknown): Promise<Reply> {
  if (value instanceof OtherAnswer && route.other) {
    return { status: route.other.status, body: JSON.stringify(value.value), headers: {} };
  }
  if (value instanceof RawAnswer) {
    return { status: route.status, body: value.body, headers: value.headers, contentType: value.contentType };
  }
  if (value instanceof StreamAnswer) return { status: route.status, body: '', begin: value.begin, headers: {} };
  if (route.status === 204) return { status: 204, body: '', headers: {} };
  const kept = route.blank ? { storedBody: JSON.stringify(route.blank(value)) } : {};
  if (!isList(value)) return { status: route.status, body: JSON.stringify(value), ...kept, headers: {} };
  const pieces = await piecesOf(value);
  const isLong = pieces.reduce((bytes, piece) => bytes + piece.length, 0) > MAX_WHOLE_BYTES;
  if (isLong && route.method === 'get') return { status: route.status, body: '', pieces, headers: {} };
  return { status: route.status, body: Buffer.concat(pieces).toString(), ...kept, headers: {} };
}

interface List {
  readonly data: readonly unknown[];
}

function isList(value: unknown): value is List {
  return isObject(value) && Array.isArray(value.data);
}

/** The JSON of a list, its objects one by one, since a hundred can have 50 MB. */
export async function piecesOf({ data, ...rest }: List): Promise<Buffer[]> {
  const objects = await mapYielding(data, (object, index) =>
    Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(object)}`),
  );
  const others = Object.entries(rest).map(([name, member]) => `,${JSON.stringify(name)}:${JSON.stringify(member)}`);
  return [Buffer.from('{"data":['), ...objects, Buffer.from(`]${others.join('')}}`)];
}

/** Adds the ETag to an object with a version, also to a stored answer. */
export function withEntityTag(reply: Reply): Reply {
  if (reply.status >= 400 || reply.body === '') return reply;
  const { version } = JSON.parse(reply.body) as { readonly version?: number };
  return version === undefined ? reply : { ...reply, headers: { ...reply.headers, etag: entityTag(version) } };
}
