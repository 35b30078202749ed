import { z } from 'zod';

// vendors.md X2: producers send "" and null for what they do not have. Outside of `changes` both mean absent; in `changes`, cleared.

/** A member that may be left out; null counts as left out. */
export function optional<S extends z.ZodType>(schema: S) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();
}

/** A text that may be left out; null and "" count as left out. */
export function optionalText(schema: z.ZodString) {
  return schema
    .nullish()
    .transform((text) => (text === '' ? undefined : (text ?? undefined)))
    .optional();
}

type Patch<S extends z.ZodRawShape> = {
  [K in keyof S]: z.ZodOptional<z.ZodType<Exclude<z.output<S[K]>, undefined> | null>>;
};

/**
 * The members of a merge patch (RFC 7396) of an object: each may be absent, or null for "cleared". Of a text that may be left out, ""
 * clears too.
 */
export function mergePatchOf<S extends z.ZodRawShape>(shape: S): Patch<S> {
  const members = Object.entries(shape).map(([name, member]) => [name, patchMember(member as z.ZodType)]);
  return Object.fromEntries(members) as Patch<S>;
}

function patchMember(member: z.ZodType): z.ZodType {
  const about = member.meta() ?? {};
  const sent = sentSchema(member);
  if (sent === member || !(sent instanceof z.ZodString)) return sent.nullish().meta(about);
  return sent
    .nullish()
    .transform((text) => (text === '' ? null : text))
    .optional()
    .meta(about);
}

/** The schema that `optional` or `optionalText` was made of; other schemas as they are. */
function sentSchema(member: z.ZodType): z.ZodType {
  if (member instanceof z.ZodOptional && member.unwrap() instanceof z.ZodPipe) {
    return sentSchema((member.unwrap() as z.ZodPipe).in as z.ZodType);
  }
  return member instanceof z.ZodOptional || member instanceof z.ZodNullable
    ? sentSchema(member.unwrap() as z.ZodType)
    : member;
}
