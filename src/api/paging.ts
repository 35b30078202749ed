import { z } from 'zod';
import { ID_PREFIXES, type Id, type IdKind, parseId } from '../domain/id.ts';
import { instantSchema } from '../domain/instant.ts';
import type { Page, PageQuery } from '../ports/page.ts';
import { EXAMPLE_IDS } from './example-ids.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

/** The query of every list. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce
    .number({ error: `must be a whole number from 1 to ${MAX_LIMIT}` })
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({ description: 'The most objects on a page.', examples: [50] }),
  cursor: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .meta({ description: 'The `nextCursor` of the previous page, or the id of the last object that has come.' }),
});

export function pageOf({ limit, cursor }: z.infer<typeof pageQuerySchema>): PageQuery {
  return { limit, cursor };
}

/** The answer of a list of objects with a named schema. */
export function pageSchema<T extends z.ZodType>(item: T) {
  const { id, examples = [] } = item.meta() ?? {};
  return z
    .strictObject({
      data: z.array(item).meta({ description: 'The objects of this page.' }),
      nextCursor: z.string().nullable().meta({ description: 'The cursor of the next page. Null: this is the last one.' }),
    })
    .meta({
      id: `${id}Page`,
      description: `A page of a list of \`${id}\`.`,
      examples: [{ data: (examples as unknown[]).slice(0, 1), nextCursor: null }],
    });
}

export function showPage<T, S>(
  { data, nextCursor }: Page<T>,
  show: (item: T) => S,
): { data: S[]; nextCursor: string | null } {
  return { data: data.map(show), nextCursor: nextCursor ?? null };
}

/** In the query of a list of objects with names. */
export const nameShape = {
  q: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({
      description: 'Only those whose name begins so; upper and lower case of a to z are the same.',
      examples: ['a'],
    }),
};

/** An optional id in a query. */
export function idQuery<K extends IdKind>(kind: K, description: string) {
  return idMember(kind)
    .optional()
    .meta({ description, param: { example: EXAMPLE_IDS[kind] } });
}

/** An id in a request. */
export function idMember<K extends IdKind>(kind: K) {
  return z.string().transform((text, context): Id<K> => {
    const id = parseId(kind, text);
    if (id) return id;
    context.addIssue({
      code: 'custom',
      message: `must be an id as ${ID_PREFIXES[kind]}_01890a5d-ac96-774b-bcce-b302099a8057`,
    });
    return z.NEVER;
  });
}

/** An optional `true` or `false` in a query. */
export function booleanQuery(description: string) {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description, param: { example: 'true' } });
}

/** An id in a response. */
export function idAnswer(kind: IdKind, description: string) {
  return z.string().meta({ description, examples: [EXAMPLE_IDS[kind]] });
}

const FIRST_MS = 0;
/** The last instant whose year has four digits. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Every object is from between the two limits. */
export const momentSchema = instantSchema.transform(
  (text) => new Date(Math.min(LAST_MS, Math.max(FIRST_MS, nextMillisecond(text)))),
);

/** Instants are shown in milliseconds; of a finer one, the next is the bound that keeps the same objects on either side. */
function nextMillisecond(instant: string): number {
  const isFiner = /\.\d{3}\d*[1-9]/.test(instant);
  return Date.parse(instant) + Number(isFiner);
}

/** The bounds of time in the query of a list. */
export const timeRangeShape = {
  after: momentSchema.optional().meta({
    description: 'Only those whose shown time is this instant or later.',
    param: { example: '2026-01-15T00:00:00Z' },
  }),
  before: momentSchema.optional().meta({
    description: 'Only those whose shown time is before this instant.',
    param: { example: '2030-01-15T00:00:00Z' },
  }),
};

export const passIdQuery = z
  .string()
  .min(1)
  .optional()
  .meta({ description: "Only those of the pass with this id, the pass system's own.", examples: ['7Hq2vXk0'] });

/** An instant in a response, in UTC. */
export const instantAnswer = z.iso.datetime();

/** The version of an object in a response. */
export const versionAnswer = z.int().meta({
  description: 'Rises with every change, those of the system too. In quotes it is the `ETag`, for `If-Match`.',
});

export const createdAtAnswer = instantAnswer.meta({ description: 'When it was created.' });
export const updatedAtAnswer = instantAnswer.meta({ description: 'When it was last changed.' });

export function showInstant(at: Date | undefined): string | null {
  return at ? at.toISOString() : null;
}
