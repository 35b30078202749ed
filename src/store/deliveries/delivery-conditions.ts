import { DELIVERY_STATES, type DeliveryState } from '../../domain/delivery.ts';
import { lowestUuidAt, toUuid } from '../../domain/id.ts';
import type { DeliveryFilter, StatusSpan } from '../../ports/deliveries.ts';
import { allOf, equals, equalsId, within } from '../conditions.ts';
import { Prisma } from '../generated/client.ts';
import type { Narrowed } from './narrowed.ts';

// Conditions of lists of deliveries and dead letters.

/** By what both tables have in columns of the same name. */
export function byCommonColumns(filter: Narrowed<Omit<DeliveryFilter, 'ids' | 'states' | 'test'>>): Prisma.Sql {
  const {
    subscriptionId,
    endpointId,
    passId,
    eventId,
    subscriptionIds,
    endpointIds,
    templateIds,
    passIds,
    eventIds,
    ...times
  } = filter;
  return allOf(
    equalsId('subscription_id', subscriptionId),
    equalsId('endpoint_id', endpointId),
    equals('pass_id', passId),
    equalsId('event_id', eventId),
    within('created_at', times),
    subscriptionIds && isOneOf('subscription_id', 'uuid', subscriptionIds.map(toUuid)),
    endpointIds && isOneOf('endpoint_id', 'uuid', endpointIds.map(toUuid)),
    templateIds && isOneOf('template_id', 'uuid', templateIds.map(toUuid)),
    passIds && isOneOf('pass_id', 'text', passIds),
    eventIds && isOneOf('event_id', 'uuid', eventIds.map(toUuid)),
  );
}

/** Of none, Postgres would look for a row to the end of the table. */
export function isOneOf(column: string, type: 'uuid' | 'text', values: readonly string[]): Prisma.Sql {
  const [first] = values;
  if (first === undefined) return Prisma.sql`false`;
  const name = Prisma.raw(column);
  if (values.length === 1) return Prisma.sql`${name} = ${first}::${Prisma.raw(type)}`;
  return Prisma.sql`${name} = ANY(${values}::${Prisma.raw(type)}[])`;
}

/** A delivery is made before it is attempted; its id is at most this much newer than the row, as in `within`. */
const CLOCK_DIFFERENCE_MS = 60_000;

/** @param column an expression of the caller, never input */
export function attempted(column: Prisma.Sql, { attemptedAfter, attemptedBefore }: DeliveryFilter): Prisma.Sql {
  return allOf(
    attemptedAfter && Prisma.sql`${column} >= ${attemptedAfter}`,
    attemptedBefore &&
      Prisma.sql`${column} < ${attemptedBefore}
        AND id < ${lowestUuidAt(Math.max(0, attemptedBefore.getTime() + CLOCK_DIFFERENCE_MS))}::uuid`,
  );
}

/** Of neither kind there may be any: a plan for both knows no index. deliveries_tests_idx, events_tests_idx */
export function isTest(test: boolean): Prisma.Sql {
  return test ? Prisma.sql`test` : Prisma.sql`NOT test`;
}

/** Written out, not as parameters: a plan for any states cannot use the index of those that are rare. */
export function isInState(states: readonly DeliveryState[]): Prisma.Sql {
  const known = DELIVERY_STATES.filter((state) => states.includes(state));
  return known.length === 0 ? Prisma.sql`false` : Prisma.raw(`state IN (${known.map((state) => `'${state}'`).join(', ')})`);
}

/** Written out, as in `isInState`. */
export function hasStatus({ from, to }: StatusSpan): Prisma.Sql {
  return Prisma.raw(`last_status BETWEEN ${Math.trunc(from)} AND ${Math.trunc(to)}`);
}
