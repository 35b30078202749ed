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

/** A row's id is at most this much older than the row: it may wait for a connection, a lock, or Postgres itself. */
const WRITTEN_LATE_MS = 5 * 60_000;
/** A row's id is at most this much newer: the clock that made it may be ahead of the database's. */
const WRITTEN_EARLY_MS = 60_000;

/**
 * Rows whose `column`, an instant of the database's clock, is from `after` (inclusive) to `before` (exclusive). Ids begin with
 * an instant of the process that made them, so bounds around it narrow the scan of an index on ids, and the partitions.
 */
export function within(column: 'created_at' | 'accepted_at', { after, before }: TimeRange): Prisma.Sql {
  const instant = Prisma.raw(column);
  return allOf(
    after && Prisma.sql`${instant} >= ${after} AND id >= ${idBound(after, -WRITTEN_LATE_MS)}::uuid`,
    before && Prisma.sql`${instant} < ${before} AND id < ${idBound(before, WRITTEN_EARLY_MS)}::uuid`,
  );
}

function idBound(at: Date, offsetMs: number): string {
  return lowestUuidAt(Math.max(0, at.getTime() + offsetMs));
}

interface TimeRange {
  readonly after?: Date | undefined;
  readonly before?: Date | undefined;
}
