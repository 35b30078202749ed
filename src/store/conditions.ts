import { type Id, type IdKind, lowestUuidAt, toUuid } from '../domain/id.ts';
import { Prisma } from './generated/client.ts';

// SQL conditions for filtered lists. Column names are constants of the caller, never input.

/** Joins the given conditions with AND and skips undefined ones; `true` when none is left. */
export function allOf(...conditions: readonly (Prisma.Sql | undefined)[]): Prisma.Sql {
  return Prisma.join([Prisma.sql`true`, ...conditions.filter((condition) => condition !== undefined)], ' AND ');
}

/** Undefined (no condition) when `value` is undefined. */
export function equals(column: string, value: string | undefined): Prisma.Sql | undefined {
  return value === undefined ? undefined : Prisma.sql`${Prisma.raw(column)} = ${value}`;
}

/** Undefined (no condition) when `id` is undefined. */
export function equalsId(column: string, id: Id<IdKind> | undefined): Prisma.Sql | undefined {
  return id === undefined ? undefined : Prisma.sql`${Prisma.raw(column)} = ${toUuid(id)}::uuid`;
}

/** Rows created from `after` (inclusive) to `before` (exclusive). Ids begin with the creation time, so their index is used. */
export function createdWithin({ after, before }: TimeRange): Prisma.Sql {
  return allOf(
    after && Prisma.sql`id >= ${lowestUuidAt(after.getTime())}::uuid`,
    before && Prisma.sql`id < ${lowestUuidAt(before.getTime())}::uuid`,
  );
}

interface TimeRange {
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}
