import { isObject } from '../domain/json.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { Reply } from './idempotency.ts';
import { entityTag } from './if-match.ts';
import { OtherAnswer, type Route } from './route.ts';

/** The reply with what a handler returned. */
export async function replyOf(route: Route, value: unknown): Promise<Reply> {
  if (value instanceof OtherAnswer && route.other) {
    return { status: route.other.status, body: JSON.stringify(value.value), headers: {} };
  }
  if (route.status === 204) return { status: 204, body: '', headers: {} };
  const kept = route.blank ? { storedBody: JSON.stringify(route.blank(value)) } : {};
  return { status: route.status, body: await jsonOf(value), ...kept, headers: {} };
}

/** The JSON of an answer; the objects of a list one by one, since a hundred can have 50 MB. */
export async function jsonOf(value: unknown): Promise<string> {
  if (!isObject(value) || !Array.isArray(value.data)) return JSON.stringify(value);
  const { data, ...rest } = value;
  const objects = await mapYielding(data, (object) => JSON.stringify(object));
  const others = Object.entries(rest).map(([name, member]) => `,${JSON.stringify(name)}:${JSON.stringify(member)}`);
  return `{"data":[${objects.join()}]${others.join('')}}`;
}

/** Adds the ETag to an object with a version, also to a stored answer. */
export function withEntityTag(reply: Reply): Reply {
  if (reply.status >= 400 || reply.body === '') return reply;
  const { version } = JSON.parse(reply.body) as { readonly version?: number };
  return version === undefined ? reply : { ...reply, headers: { ...reply.headers, etag: entityTag(version) } };
}
