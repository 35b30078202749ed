import { z } from 'zod';

/** The members of a patch: each may be left out (and stays as it is); an optional member may be cleared with null. */
export type PatchShape<S extends z.ZodRawShape> = {
  [K in keyof S]: z.ZodOptional<z.ZodType<z.output<S[K]> | (undefined extends z.output<S[K]> ? null : never)>>;
};

export type Patch<S extends z.ZodRawShape> = z.output<z.ZodObject<PatchShape<S>, z.core.$strict>>;

/** The schema of a change, derived from the schema of the resource: a second one by hand would drift. Defaults do not apply. */
export function patchOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodObject<PatchShape<S>, z.core.$strict> {
  const members = Object.entries(schema.shape).map(([key, member]) => [key, describedAs(member as z.ZodType)]);
  return z.strictObject(Object.fromEntries(members) as PatchShape<S>);
}

/** The member of a patch, with the description of the member it replaces. */
function describedAs(member: z.ZodType): z.ZodType {
  const { description } = member.meta() ?? {};
  return description === undefined ? patchMember(member) : patchMember(member).meta({ description });
}

function patchMember(member: z.ZodType): z.ZodType {
  if (member instanceof z.ZodDefault || member instanceof z.ZodPrefault) {
    return patchMember(member.def.innerType as z.ZodType);
  }
  return member instanceof z.ZodOptional ? member.nullable() : member.optional();
}

/** Puts the members of `patch` over those of `current`; a null clears a member that may be absent. */
export function patched<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  current: z.output<z.ZodObject<S>>,
  patch: Patch<S>,
): z.output<z.ZodObject<S>> {
  const merged: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(schema.shape)) {
    const given = (patch as Record<string, unknown>)[key];
    const value = given === undefined ? (current as Record<string, unknown>)[key] : given;
    const isCleared = value === undefined || (value === null && member instanceof z.ZodOptional);
    if (!isCleared) merged[key] = value;
  }
  return merged as z.output<z.ZodObject<S>>;
}
