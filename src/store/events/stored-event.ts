import type { KnownDevice } from '../../domain/device.ts';
import type { EventFacts } from '../../domain/event.ts';
import { toId } from '../../domain/id.ts';
import type { OperationalFacts, StoredEvent } from '../../domain/operational-event.ts';

export interface StoredEventRow {
  readonly event_id: string;
  readonly tenant_id: string;
  /** Null for an operational event. */
  readonly template_id: string | null;
  readonly derived_from: string | null;
  readonly facts: string;
  readonly known_device: string | null;
}

/** Reads a row of `events`, or a row joined with one. */
export function storedEvent(row: StoredEventRow): StoredEvent {
  const { event_id, tenant_id, template_id, derived_from, facts, known_device } = row;
  const ids = { id: toId('event', event_id), tenantId: toId('tenant', tenant_id) };
  if (template_id === null) return { ...ids, facts: JSON.parse(facts) as OperationalFacts };
  return {
    ...ids,
    templateId: toId('template', template_id),
    derivedFrom: derived_from === null ? undefined : toId('event', derived_from),
    facts: JSON.parse(facts) as EventFacts,
    ...(known_device !== null && { knownDevice: JSON.parse(known_device) as KnownDevice }),
  };
}

/** The same for an event that retention may have deleted; undefined then. */
export function storedEventOf(
  row: Omit<StoredEventRow, 'facts'> & { readonly facts: string | null },
): StoredEvent | undefined {
  return row.facts === null ? undefined : storedEvent({ ...row, facts: row.facts });
}
