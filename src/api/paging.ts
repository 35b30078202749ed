import { z } from 'zod';
import { ID_PREFIXES, type Id, type IdKind, parseId } from '../domain/id.ts';
import { instantSchema } from '../domain/instant.ts';
import type { Page, PageQuery } from '../ports/page.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

/** The query of every list. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce
    .number({ error: `must be a whole number from 1 to ${MAX_LIMIT}` })
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT),
  cursor: z.string().min(1).max(512).optional().meta({ description: "The last page's `nextCursor`." }),
});

export function pageOf({ limit, cursor }: z.infer<typeof pageQuerySchema>): PageQuery {
  return { limit, cursor };
}

/** The answer of a list; `nextCursor` is null on the last page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item), nextCursor: z.string().nullable() });
}

export function showPage<T, S>(
  { data, nextCursor }: Page<T>,
  show: (item: T) => S,
): { data: S[]; nextCursor: string | null } {
  return { data: data.map(show), nextCursor: nextCursor ?? null };
}

/** An id in a query or body. */
export function idSchema<K extends IdKind>(kind: K) {
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

/** An instant in a query. Ids carry no time before 1970, so an earlier instant means the same as that. */
export const momentSchema = instantSchema.transform((text) => new Date(Math.max(0, Date.parse(text))));

export const instantAnswer = z.iso.datetime();

export function showInstant(at: Date | undefined): string | null {
  return at ? at.toISOString() : null;
}
