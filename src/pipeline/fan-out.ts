import type { PostedEvent } from '../domain/event.ts';
import { possibleTriggers } from '../domain/matching.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import { templateNamed } from '../domain/tenant-config.ts';
import { wantedBy } from './plan-ingest.ts';
import type { LoadedConfig } from './tenant-configs.ts';

/** The most deliveries that are written at once: what bounds a statement's time, and the memory for it. */
export const MAX_SLICE_DELIVERIES = 2000;
/** The most deliveries that one request makes. Its first event is stored however many it has. */
export const MAX_REQUEST_DELIVERIES = 100_000;
/** An event, and one derived from it. */
const MAX_TRIGGERS = 2;

/** The most deliveries that an event makes as the configuration is now: an event that may be derived from it counts. */
export function countDeliveries(posted: PostedEvent, loaded: LoadedConfig): number {
  const template = templateNamed(loaded.config, posted.templateId);
  if (!template) return 0;
  const counts = possibleTriggers(posted).map((trigger) => wantedBy(loaded, trigger, template.id).length);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** True when events certainly make few enough deliveries to be written at once. Takes no look at the events. */
export function isSmall(events: number, { matcher }: LoadedConfig): boolean {
  return events * MAX_TRIGGERS * matcher.most <= MAX_SLICE_DELIVERIES;
}

/** True when the events of a request make more deliveries than are written at once. */
export function isLarge(items: readonly PostedItem[], loaded: LoadedConfig): boolean {
  if (isSmall(items.length, loaded)) return false;
  let count = 0;
  for (const { event } of items) {
    count += countDeliveries(event, loaded);
    if (count > MAX_SLICE_DELIVERIES) return true;
  }
  return false;
}
