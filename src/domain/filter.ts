import { z } from 'zod';

/** What a member is compared with. Absent and null are the same: `exists` asks for them. */
export type Operand = string | number | boolean;

/** A condition on one member of the event, named by its JSON Pointer. Exactly one comparison. */
export interface Comparison {
  readonly path: string;
  readonly eq?: Operand | undefined;
  readonly in?: readonly Operand[] | undefined;
  readonly exists?: boolean | undefined;
  readonly gt?: string | number | undefined;
  readonly gte?: string | number | undefined;
  readonly lt?: string | number | undefined;
  readonly lte?: string | number | undefined;
  readonly startsWith?: string | undefined;
}

/** A condition over an event: which of the matching events a subscription gets. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | Comparison;

export const COMPARISONS = ['eq', 'in', 'exists', 'gt', 'gte', 'lt', 'lte', 'startsWith'] as const;
export type ComparisonName = (typeof COMPARISONS)[number];

const FILTER = { $ref: '#/components/schemas/Filter' };
const OPERAND = { type: ['string' as const, 'number' as const, 'boolean' as const] };
const LIMIT = { type: ['string' as const, 'number' as const] };
const member = <T extends object>(schema: T, description: string) => ({ ...schema, description });
const list = { type: 'array' as const, items: FILTER, minItems: 1 };
const only = (name: string, schema: object) => ({
  type: 'object' as const,
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
});
const comparison = {
  type: 'object' as const,
  properties: {
    path: { type: 'string' as const, description: 'JSON Pointer of a member of the event: `/pass/status`.' },
    eq: member(OPERAND, 'The member is this value.'),
    in: { type: 'array' as const, items: OPERAND, minItems: 1, description: 'The member is one of these values.' },
    exists: { type: 'boolean' as const, description: 'Whether the member is there, and not null.' },
    gt: member(LIMIT, 'The member is a larger number, or a later instant.'),
    gte: member(LIMIT, 'The same, or equal.'),
    lt: member(LIMIT, 'The member is a smaller number, or an earlier instant.'),
    lte: member(LIMIT, 'The same, or equal.'),
    startsWith: { type: 'string' as const, minLength: 1, description: 'The member is a text that begins so.' },
  },
  required: ['path'],
  additionalProperties: false,
};

/** A filter in the API's document. It checks nothing: filters are read by `readFilter`, whose errors are about what was meant. */
export const filterSchema = (z.unknown() as z.ZodType<unknown> as z.ZodType<Filter>).meta({
  id: 'Filter',
  description:
    'A condition over an event, with the changes that it carries applied to its pass: `all`, `any`, `not`, or one comparison of a member.',
  examples: [{ all: [{ path: '/pass/status', eq: 'active' }, { not: { path: '/device/platform', in: ['google'] } }] }],
  override: {
    anyOf: [
      only('all', member(list, 'True when each of them is.')),
      only('any', member(list, 'True when at least one of them is.')),
      only('not', member({ allOf: [FILTER] }, 'True when it is not.')),
      comparison,
    ],
  },
});

/** The comparison of a condition, with what is compared. */
export function comparisonOf(condition: Comparison): { readonly name: ComparisonName; readonly operand: unknown } {
  const name = COMPARISONS.find((one) => condition[one] !== undefined);
  if (name === undefined) throw new Error(`the condition on ${condition.path} compares nothing`);
  return { name, operand: condition[name] };
}
