import { z } from 'zod';
import type { BodyObject, BodyValue } from './body.ts';
import { tokensOfField } from './pointer.ts';

const MAX_RULES = 500;

/**
 * Renames and removes fields of a body. A field is named as `describe` prints it: by its name at the top level, by a JSON
 * Pointer below it. Names always mean the body before the mapping.
 */
export const mappingSchema = z
  .strictObject({
    rename: z
      .record(z.string().min(1).max(512), z.string().max(255))
      .refine((rename) => Object.keys(rename).length <= MAX_RULES, { error: `must be at most ${MAX_RULES} renames` })
      .default({})
      .meta({ description: `New names by field, at most ${MAX_RULES}. A renamed field stays in its place.` }),
    remove: z.array(z.string().min(1).max(512)).max(MAX_RULES).default([]).meta({ description: 'Fields to leave out.' }),
  })
  .meta({
    id: 'Mapping',
    description:
      "Renames and removes fields of the vendor's body. A field is named as `describeTemplate` prints it: by its name at the top level, by a JSON Pointer below it.",
    examples: [{ rename: { first_name: 'firstName' }, remove: ['barcode-value'] }],
  });

export type Mapping = z.infer<typeof mappingSchema>;

/** Gives the mapped body; the body that goes in stays as it is. @throws MappingCollision */
export type ApplyMapping = (body: BodyObject) => BodyObject;

/** Two members of one object would get the same name; seen only now, because one of them is not the vendor's own. */
export class MappingCollision extends Error {
  constructor(name: string) {
    super(`the mapping gives two fields of one object the name "${name}"`);
    this.name = 'MappingCollision';
  }
}

/** What happens at a place of the body, and below it. */
interface Rule {
  rename: string | undefined;
  remove: boolean;
  readonly below: Map<string, Rule>;
}

/**
 * Compiles a mapping once, to be applied to many bodies. Order is kept and a renamed field stays in its place. A field
 * that the body does not have, or that is no member of an object, is passed over.
 */
export function compileMapping({ rename, remove }: Mapping): ApplyMapping {
  const root = newRule();
  for (const [field, target] of Object.entries(rename)) ruleAt(root, field).rename = target;
  for (const field of remove) ruleAt(root, field).remove = true;
  return root.below.size === 0 ? (body) => body : (body) => mappedObject(body, root);
}

function newRule(): Rule {
  return { rename: undefined, remove: false, below: new Map() };
}

function ruleAt(root: Rule, field: string): Rule {
  let rule = root;
  for (const token of tokensOfField(field) ?? []) {
    const next = rule.below.get(token) ?? newRule();
    rule.below.set(token, next);
    rule = next;
  }
  return rule;
}

function mappedObject(body: BodyObject, rule: Rule): BodyObject {
  const result: BodyObject = new Map();
  for (const [name, value] of body) {
    const own = rule.below.get(name);
    if (own?.remove) continue;
    const target = own?.rename ?? name;
    if (result.has(target)) throw new MappingCollision(target);
    result.set(target, own ? mappedValue(value, own) : value);
  }
  return result;
}

function mappedValue(value: BodyValue, rule: Rule): BodyValue {
  if (rule.below.size === 0) return value;
  if (value instanceof Map) return mappedObject(value, rule);
  if (!Array.isArray(value)) return value;
  return value.map((element, index) => {
    const own = rule.below.get(String(index));
    return own ? mappedValue(element, own) : element;
  });
}
