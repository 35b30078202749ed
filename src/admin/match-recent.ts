import { compileFilter, filteredEvent } from '../domain/evaluate-filter.ts';
import type { Filter } from '../domain/filter.ts';
import type { TemplateId, TenantId } from '../domain/id.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { EventStore } from '../ports/events.ts';

/** How many of the last events a filter lets through. */
export interface RecentMatches {
  /** How many there were to look at: fewer than were asked for when there are not so many. */
  readonly events: number;
  readonly kept: number;
}

interface RecentQuery {
  /** The most events; undefined: none are counted. */
  readonly matchRecent?: number | undefined;
  readonly trigger: PassTrigger;
  readonly templateId: TemplateId | undefined;
  /** Null lets all through. */
  readonly filter: Filter | null;
}

/** Counts what a filter lets through of the last events of a trigger, sample events of tests included. */
export async function matchRecent(
  events: Pick<EventStore, 'list'>,
  tenantId: TenantId,
  { matchRecent: limit, trigger, templateId, filter: condition }: RecentQuery,
): Promise<RecentMatches | undefined> {
  if (limit === undefined) return undefined;
  const filter = { type: trigger, template: templateId && { id: templateId }, withFacts: true } as const;
  const { data } = await events.list(tenantId, filter, { limit, cursor: undefined });
  const passEvents = data.flatMap((event) => (isOperationalEvent(event) ? [] : [event]));
  const isKept = condition ? compileFilter(condition) : () => true;
  const kept = await mapYielding(passEvents, ({ facts }) => isKept(filteredEvent(facts)));
  return { events: passEvents.length, kept: kept.filter(Boolean).length };
}
