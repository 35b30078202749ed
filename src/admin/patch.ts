import { z } from 'zod';
import { checkInput } from '../domain/check-input.ts';
import { invalid } from '../domain/errors.ts';

// A PATCH merges one level deep: named members of an object replace those of the row, the others stay, and null restores the default.
// Maps and lists are replaced whole.

type Bare<M> = M extends z.ZodDefault<infer I> | z.ZodPrefault<infer I> ? Bare<I> : M;

/** Null where the member has a default, or may be absent. */
type Reset<M extends z.ZodType> = M extends z.ZodDefault | z.ZodPrefault | z.ZodOptional ? null : never;

type Replacement<M extends z.ZodType> = Exclude<z.output<M>, undefined> | Reset<M>;

type MemberPatch<M extends z.ZodType> =
  Bare<M> extends z.ZodObject<infer I extends Members>
    ? { [K in keyof I]?: Replacement<I[K]> | undefined } | Reset<M>
    : Replacement<M>;

type Members = Readonly<Record<string, z.ZodType>>;

export type PatchShape<S extends Members> = { [K in keyof S]: z.ZodOptional<z.ZodType<MemberPatch<S[K]>>> };

export type Patch<S extends Members> = z.output<z.ZodObject<PatchShape<S>, z.core.$strict>>;

/** The schema of a change, derived from the schema of the resource: a second one by hand would drift. Defaults do not apply. */
export function patchOf<S extends Members>(schema: z.ZodObject<S>): z.ZodObject<PatchShape<S>, z.core.$strict> {
  return z.strictObject(membersOf(schema, memberPatch) as PatchShape<S>);
}

function membersOf(schema: z.ZodObject, patch: (member: z.ZodType) => z.ZodType): z.ZodRawShape {
  return Object.fromEntries(
    Object.entries(schema.shape).map(([key, member]) => {
      const description = descriptionOf(member as z.ZodType);
      const changed = patch(member as z.ZodType);
      return [key, description === undefined ? changed : changed.meta({ description })];
    }),
  );
}

function descriptionOf(member: z.ZodType): string | undefined {
  return member.meta()?.description ?? bareSchema(member).meta()?.description;
}

/** An object is merged, everything else replaced. */
function memberPatch(member: z.ZodType): z.ZodType {
  const bare = bareSchema(member);
  return bare instanceof z.ZodObject ? resettable(member, objectPatch(bare)) : replacement(member);
}

function objectPatch(object: z.ZodObject): z.ZodType {
  const { id, ...about } = object.meta() ?? {};
  return z
    .strictObject(membersOf(object, replacement))
    .meta({ ...about, ...(id === undefined ? {} : { id: `${id}Patch` }) });
}

function replacement(member: z.ZodType): z.ZodType {
  const bare = bareSchema(member);
  return resettable(member, bare instanceof z.ZodOptional ? (bare.unwrap() as z.ZodType) : bare);
}

function resettable(member: z.ZodType, patch: z.ZodType): z.ZodType {
  const isNever = patch instanceof z.ZodNever; // a name that is refused with a sentence
  return hasDefault(member) && !isNever ? patch.nullable().optional() : patch.optional();
}

function hasDefault(member: z.ZodType): boolean {
  return member instanceof z.ZodDefault || member instanceof z.ZodPrefault || member instanceof z.ZodOptional;
}

function bareSchema(member: z.ZodType): z.ZodType {
  const isFilled = member instanceof z.ZodDefault || member instanceof z.ZodPrefault;
  return isFilled ? bareSchema(member.def.innerType as z.ZodType) : member;
}

/** Puts the members of `patch` over those of `current`. @throws Problem invalid when a merged object is not valid as a whole */
export function patched<S extends Members>(
  schema: z.ZodObject<S>,
  current: z.output<z.ZodObject<S>>,
  patch: Patch<S>,
): z.output<z.ZodObject<S>> {
  const merged: Record<string, unknown> = {};
  for (const [key, member] of Object.entries<z.ZodType>(schema.shape)) {
    const given = (patch as Record<string, unknown>)[key];
    const stored = (current as Record<string, unknown>)[key];
    const value = given === undefined ? stored : mergedMember(member, stored, given, `/${key}`);
    if (value !== undefined) merged[key] = value;
  }
  return merged as z.output<z.ZodObject<S>>;
}

function mergedMember(member: z.ZodType, stored: unknown, given: unknown, at: string): unknown {
  if (given === null && hasDefault(member)) return member.parse(undefined);
  const bare = bareSchema(member);
  return bare instanceof z.ZodObject ? mergedObject(bare, stored as object, given as object, at) : given;
}

/**
 * The members of `given` over those of `stored`, read by their schema, which fills in the defaults of those that are null.
 *
 * @param at JSON Pointer of the object in the request
 * @throws Problem invalid
 */
export function mergedObject<T extends object>(schema: z.ZodType<T>, stored: object, given: object | null, at: string): T {
  const members = given === null ? {} : { ...stored, ...given };
  const present = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  const checked = checkInput(schema, Object.fromEntries(present), at);
  if (!checked.ok) throw invalid(checked.errors);
  return checked.value;
}
