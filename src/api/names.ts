import { z } from 'zod';
import { type IdKind, parseId } from '../domain/id.ts';
import type { NamedId } from '../ports/names.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { pageSchema } from './paging.ts';
import type { Services } from './services.ts';

const NAMED_KINDS = ['tenant', 'integration', 'template', 'subscription', 'endpoint'] as const satisfies readonly IdKind[];

/** In the query of a list whose objects are about others. */
export const includeShape = {
  include: z
    .enum(['names'])
    .optional()
    .meta({
      description:
        '`names`: the page also says what the ids in its objects are called, so that one call is enough to show it.',
      examples: ['names'],
    }),
};

/** The answer of such a list. */
export function namedPageSchema<T extends z.ZodType>(item: T) {
  const page = pageSchema(item);
  return page.extend({ names: namesMember }).meta(page.meta() ?? {});
}

/** What ids are called. */
export const namesMember = z
  .record(z.string(), z.string())
  .optional()
  .meta({
    description:
      'With `include=names`: by id, the names of tenants, integrations and templates, the URLs of endpoints, and of subscriptions the names of their integrations.',
    examples: [{ [EXAMPLE_IDS.tenant]: 'Acme Coffee', [EXAMPLE_IDS.endpoint]: 'https://hooks.example.com/wallet' }],
  });

interface ShownPage<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** A page with the names of the ids that are members of its objects, if they are asked for. */
export async function withNames<T extends object>(
  { names }: Pick<Services, 'names'>,
  include: 'names' | undefined,
  page: ShownPage<T>,
): Promise<{ data: T[]; nextCursor: string | null; names?: Record<string, string> }> {
  const { nextCursor } = page;
  const data = [...page.data];
  if (include === undefined) return { data, nextCursor };
  return { data, nextCursor, names: await namesIn({ names }, data) };
}

/** The names of the ids that are members of objects. */
export async function namesIn(
  { names }: Pick<Services, 'names'>,
  objects: readonly object[],
): Promise<Record<string, string>> {
  return Object.fromEntries(await names.find(objects.flatMap((item) => Object.values(item).flatMap(namedId))));
}

function namedId(value: unknown): readonly NamedId[] {
  if (typeof value !== 'string') return [];
  return NAMED_KINDS.flatMap((kind) => parseId(kind, value) ?? []);
}
