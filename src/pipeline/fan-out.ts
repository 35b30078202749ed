import { possibleTriggers } from '../domain/matching.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import { templateNamed } from '../domain/tenant-config.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import { wantedBy } from './plan-ingest.ts';
import type { LoadedConfig } from './tenant-configs.ts';

/** The most deliveries that are written at once: what bounds a statement's time, and the memory for it. */
export const MAX_SLICE_DELIVERIES = 2000;
/** The most deliveries that one request makes. Its first event is stored however many it has. */
export const MAX_REQUEST_DELIVERIES = 100_000;
/** An event, and one derived from it. */
const MAX_TRIGGERS = 2;

/**
 * Counts the most deliveries that an event makes as the configuration is now: an event that may be derived from it counts. Each
 * combination of triggers and template is counted once, since a request may have a thousand events with a thousand deliveries each.
 */
export function deliveryCounter(loaded: LoadedConfig): (item: PostedItem) => number {
  const counted = new Map<string, number>();
  return ({ event }) => {
    const triggers = possibleTriggers(event);
    const key = `${triggers.join()} ${event.templateId}`;
    const known = counted.get(key);
    if (known !== undefined) return known;
    const count = countDeliveries(triggers, event.templateId, loaded);
    counted.set(key, count);
    return count;
  };
}

function countDeliveries(triggers: readonly PassTrigger[], templateId: string, loaded: LoadedConfig): number {
  const template = templateNamed(loaded.config, templateId);
  if (!template) return 0;
  return triggers.reduce((sum, trigger) => sum + wantedBy(loaded, trigger, template.id).length, 0);
}

/** True when events certainly make few enough deliveries to be written at once. Does not look at the events. */
export function isSmall(events: number, { matcher }: LoadedConfig): boolean {
  return events * MAX_TRIGGERS * matcher.most <= MAX_SLICE_DELIVERIES;
}

/** True when the events of a request make more deliveries than are written at once. */
export function isLarge(items: readonly PostedItem[], loaded: LoadedConfig): boolean {
  if (isSmall(items.length, loaded)) return false;
  const countOf = deliveryCounter(loaded);
  let count = 0;
  for (const item of items) {
    count += countOf(item);
    if (count > MAX_SLICE_DELIVERIES) return true;
  }
  return false;
}
