import type { AcceptedEvent, EventFacts } from './event.ts';
import type { TemplateId } from './id.ts';
import type { Subscription } from './subscription.ts';
import type { TenantConfig } from './tenant-config.ts';
import type { PassTrigger, Trigger } from './trigger.ts';

/** Finds the subscriptions that match an event. Built once per configuration version; a match is two map look-ups. */
export class Matcher {
  readonly #byTrigger = new Map<Trigger, Map<TemplateId | null, Subscription[]>>();
  /** The most subscriptions that one event matches. */
  readonly most: number;

  constructor(config: TenantConfig) {
    for (const subscription of config.subscriptions.values()) {
      const byTemplate = this.#byTrigger.get(subscription.trigger) ?? new Map<TemplateId | null, Subscription[]>();
      this.#byTrigger.set(subscription.trigger, byTemplate);
      const same = byTemplate.get(subscription.templateId) ?? [];
      byTemplate.set(subscription.templateId, same);
      same.push(subscription);
    }
    this.most = Math.max(0, ...[...this.#byTrigger.values()].map(mostMatches));
  }

  /** Subscriptions to `trigger` for the event's template (null: it has none) or for all, enabled and disabled. */
  match(trigger: Trigger, templateId: TemplateId | null): readonly Subscription[] {
    const byTemplate = this.#byTrigger.get(trigger);
    if (!byTemplate) return [];
    const forAll = byTemplate.get(null) ?? [];
    return templateId === null ? forAll : [...(byTemplate.get(templateId) ?? []), ...forAll];
  }

  /** Whether any subscription has this trigger, for whatever template. */
  has(trigger: Trigger): boolean {
    return this.#byTrigger.has(trigger);
  }
}

function mostMatches(byTemplate: ReadonlyMap<TemplateId | null, readonly Subscription[]>): number {
  const forAll = byTemplate.get(null)?.length ?? 0;
  const ofOne = [...byTemplate].map(([templateId, { length }]) => (templateId === null ? 0 : length));
  return forAll + Math.max(0, ...ofOne);
}

/**
 * The triggers that an event also is (canonical-event, "derived events"): the first install of a pass, and the NFC tap
 * that a scan was. Each becomes an event of its own.
 */
export function derivedTriggers(event: AcceptedEvent): readonly PassTrigger[] {
  const { type, first, scan } = event.facts;
  if (type === 'pass.installed' && first) return ['pass.first_installed'];
  if (type === 'pass.scanned' && scan?.type === 'nfc') return ['pass.tapped'];
  return [];
}

/** The triggers that an event has before it is completed: its own, and those of events that may be derived from it. */
export function possibleTriggers({ type, scan }: Pick<EventFacts, 'type' | 'scan'>): readonly PassTrigger[] {
  if (type === 'pass.installed') return [type, 'pass.first_installed'];
  if (type === 'pass.scanned' && scan?.type === 'nfc') return [type, 'pass.tapped'];
  return [type];
}
