import { z } from 'zod';
import { invalid } from '../domain/errors.ts';
import { parseId } from '../domain/id.ts';
import { instantSchema } from '../domain/instant.ts';
import { type FieldError, isObject, isUnstableKey, pointerTo } from '../domain/json.ts';
import { opaqueIdSchema } from '../domain/opaque-id.ts';
import { PASS_TYPES } from '../domain/pass.ts';
import { FIELD_AREAS, MAX_FIELDS, MAX_NAME_LENGTH, type TemplateField } from '../domain/template.ts';

export const inferInputSchema = z.strictObject({
  sample: z.unknown().meta({
    description: 'An event as it is posted, its pass alone, the `fields` of one, or the `pass.json` of an Apple pass.',
  }),
});

/** A template to look over and to create: nothing of it is stored. */
export interface InferredTemplate {
  /** The name of the template in the pass system; undefined when the sample has none, or has our id. */
  readonly externalId: string | undefined;
  readonly passType: (typeof PASS_TYPES)[number];
  readonly fields: readonly TemplateField[];
  /** What of the sample became no field, and why. */
  readonly warnings: readonly FieldError[];
}

/** More would not help anyone. */
const MAX_WARNINGS = 20;

/**
 * Reads the fields of a template from a sample.
 *
 * @throws Problem invalid when the sample shows no fields
 */
export function inferTemplate(sample: unknown): InferredTemplate {
  if (!isObject(sample)) throw invalid([{ pointer: '/sample', detail: 'must be an object' }]);
  const found = sourceOf(sample);
  const fields = new Map<string, TemplateField>();
  const warnings: FieldError[] = [];
  for (const { pointer, key, value, ...shown } of found.values) {
    const problem =
      fields.size >= MAX_FIELDS ? `is beyond the ${MAX_FIELDS} fields of a template` : problemWith(key, value, fields);
    if (problem === undefined) fields.set(key, { key, ...typed(value), ...shown, personalised: true });
    else if (warnings.length < MAX_WARNINGS) warnings.push({ pointer, detail: problem });
  }
  if (fields.size === 0 && warnings.length === 0) {
    const expected = 'an event with pass.fields, a pass with fields, fields alone, or the pass.json of an Apple pass';
    throw invalid([{ pointer: '/sample', detail: `has no fields; it must be ${expected}` }]);
  }
  return { externalId: found.externalId, passType: found.passType, fields: [...fields.values()], warnings };
}

interface FoundValue extends Pick<TemplateField, 'label' | 'area'> {
  readonly pointer: string;
  readonly key: string;
  readonly value: unknown;
}

interface Source extends Pick<InferredTemplate, 'externalId' | 'passType'> {
  readonly values: readonly FoundValue[];
}

type Sample = Readonly<Record<string, unknown>>;

function sourceOf(sample: Sample): Source {
  const style = PASS_TYPES.find((type) => isObject(sample[type]));
  if (style) return { externalId: undefined, passType: style, values: applePassFields(sample[style] as Sample, style) };
  const { pass = sample, templateId } = sample;
  if (!isObject(pass)) throw invalid([{ pointer: '/sample/pass', detail: 'must be an object' }]);
  const at = pass === sample ? '/sample' : '/sample/pass';
  const passType = PASS_TYPES.find((type) => type === pass.type) ?? 'generic';
  const { fields } = pass;
  const isWhole = pass !== sample || templateId !== undefined || fields !== undefined;
  const values = isObject(fields) ? valuesOf(fields, `${at}/fields`) : isWhole ? [] : valuesOf(pass, at);
  return { externalId: ownId(templateId), passType, values };
}

function valuesOf(fields: Sample, at: string): readonly FoundValue[] {
  return Object.entries(fields).map(([key, value]) => ({ pointer: pointerTo(at, key), key, value }));
}

/** The fields of Apple's pass.json stand in lists, one for each area. */
function applePassFields(style: Sample, type: string): readonly FoundValue[] {
  return FIELD_AREAS.flatMap((area) => {
    const listed = style[area];
    if (!Array.isArray(listed)) return [];
    return listed.flatMap((field: unknown, index) => {
      if (!isObject(field)) return [];
      const { key, label, value } = field;
      const pointer = `/sample/${type}/${area}/${index}`;
      const isLabel = typeof label === 'string' && label.length > 0 && label.length <= MAX_NAME_LENGTH;
      return [{ pointer, key: typeof key === 'string' ? key : '', value, area, ...(isLabel && { label }) }];
    });
  });
}

/** What makes a field of a template impossible; undefined when nothing does. */
function problemWith(key: string, value: unknown, fields: ReadonlyMap<string, TemplateField>): string | undefined {
  if (key === '') return 'has no key';
  if (key.length > MAX_NAME_LENGTH) return `has a key of more than ${MAX_NAME_LENGTH} characters`;
  if (isUnstableKey(key)) return 'has a number or __proto__ as its key, which JSON parsers would move or drop';
  if (fields.has(key)) return 'has the key of an earlier field';
  return typeof value === 'object' && value !== null
    ? 'is an object or a list; fields are text, numbers, true or false'
    : undefined;
}

/** Null says nothing of the type. */
function typed(value: unknown): Pick<TemplateField, 'type' | 'sample'> {
  if (typeof value === 'number') return { type: 'number', sample: value };
  if (typeof value === 'boolean') return { type: 'boolean', sample: value };
  if (typeof value !== 'string') return { type: 'text' };
  return { type: instantSchema.safeParse(value).success ? 'date' : 'text', sample: value };
}

function ownId(templateId: unknown): string | undefined {
  const read = opaqueIdSchema.safeParse(templateId);
  return read.success && parseId('template', read.data) === undefined ? read.data : undefined;
}
