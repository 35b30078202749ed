import type { CourseChange } from '../../domain/delivery-course.ts';
import { Prisma } from '../generated/client.ts';

const MOST_CHANGES = 50;

/**
 * `changes = ...` for the SET of an UPDATE: appends a change to the delivery's list, and drops the oldest beyond 50.
 *
 * @param members more members of the change, as an SQL expression of type jsonb
 * @param row the alias of deliveries in the statement, with its dot; default: none
 */
export function noteChange(
  kind: CourseChange['kind'],
  members: Prisma.Sql = Prisma.sql`'{}'::jsonb`,
  row: Prisma.Sql = Prisma.empty,
): Prisma.Sql {
  return Prisma.sql`changes = ${changesWith(kind, members, row)}`;
}

/** The list with the change, as an expression. */
export function changesWith(
  kind: CourseChange['kind'],
  members: Prisma.Sql = Prisma.sql`'{}'::jsonb`,
  row: Prisma.Sql = Prisma.empty,
): Prisma.Sql {
  return Prisma.sql`
    CASE WHEN jsonb_array_length(${row}changes) >= ${MOST_CHANGES} THEN ${row}changes - 0 ELSE coalesce(${row}changes, '[]') END
      || jsonb_strip_nulls(jsonb_build_object('kind', ${kind}::text, 'at', now(), 'attempts', ${row}attempts) || ${members})`;
}

/** Who did it, as members of a change. */
export function doneBy(by: string | undefined): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('by', ${by ?? null}::text)`;
}

/** How the delivery had ended, and who opened it again. */
export function openedBy(by: string): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('by', ${by}::text,
    'was', jsonb_build_object('state', state, 'at', ended_at, 'reason', ended_reason, 'by', ended_by))`;
}
