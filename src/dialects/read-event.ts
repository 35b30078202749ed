import type { Device } from '../domain/device.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { isUuid, toUuid } from '../domain/id.ts';
import type { Pass } from '../domain/pass.ts';
import type { Template } from '../domain/template.ts';
import type { Trigger } from '../domain/trigger.ts';
import { Unbuildable } from './dialect.ts';

// How every dialect reads an event (vendors.md 1.2, canonical event "Values").

/** The producer's id when it is a UUID, else our own bare UUID; a derived event has only ours. */
export function shownEventId({ id, facts }: AcceptedEvent): string {
  return facts.id !== undefined && isUuid(facts.id) ? facts.id : toUuid(id);
}

/** The id a tenant knows a pass by: its own where it gave one. */
export function tenantPassId(pass: Pass): string {
  return pass.userProvidedId ?? pass.id;
}

export type FieldValue = NonNullable<Pass['fields']>[string];

/** The value of a field; undefined when the pass has none (a field may be called `constructor`). */
export function fieldValue(pass: Pass, key: string): FieldValue | undefined {
  return pass.fields !== undefined && Object.hasOwn(pass.fields, key) ? pass.fields[key] : undefined;
}

/** The value of a field as text; undefined when the pass has none. */
export function fieldText(pass: Pass, key: string): string | undefined {
  const value = fieldValue(pass, key);
  return value === undefined || value === null ? undefined : String(value);
}

/** The vendor's name of a trigger. @throws Unbuildable when the vendor has none */
export function eventName(names: Readonly<Partial<Record<Trigger, string>>>, trigger: Trigger): string {
  const name = names[trigger];
  if (name === undefined) throw new Unbuildable(`this dialect has no event for ${trigger}`);
  return name;
}

/** Keys of an open container of fields: the template's in template order, then what the event has beside them. */
export function openFieldKeys(template: Template, fields: object | null | undefined): string[] {
  return [...new Set([...template.fields.map(({ key }) => key), ...Object.keys(fields ?? {})])];
}

export type PlatformWords = Readonly<Partial<Record<Device['platform'], string>>>;

/** The vendor's word for a device's platform. @throws Unbuildable when the vendor has none */
export function platformWord(words: PlatformWords, device: Device | undefined): string | undefined {
  if (device === undefined) return undefined;
  const word = words[device.platform];
  if (word !== undefined) return word;
  const known = Object.values(words);
  throw new Unbuildable(
    `this vendor knows only ${known.join(' or ')}, not the platform "${device.platform}" (${device.os ?? 'no os'})`,
    { kind: 'wallet', known, wallet: device.platform },
  );
}

/** Formats an instant that may be absent or null. */
export function instant(format: (instant: string) => string, at: string | null | undefined): string | undefined {
  return at === undefined || at === null ? undefined : format(at);
}
