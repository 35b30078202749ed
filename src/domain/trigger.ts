/** Every kind of pass event, in our words. `pass.first_installed` is derived from an install and never posted. */
export const PASS_TRIGGERS = [
  'pass.created',
  'pass.generated',
  'pass.generation_failed',
  'pass.installed',
  'pass.first_installed',
  'pass.uninstalled',
  'pass.updated',
  'pass.refreshed',
  'pass.voided',
  'pass.scanned',
  'pass.tapped',
] as const;

/** Events about the dispatch itself: endpoints and deliveries. Never posted. */
export const OPERATIONAL_TRIGGERS = [
  'endpoint.failing',
  'endpoint.recovered',
  'endpoint.disabled',
  'endpoint.enabled',
  'delivery.dead',
] as const;

/** Everything that can be subscribed to. */
export const TRIGGERS = [...PASS_TRIGGERS, ...OPERATIONAL_TRIGGERS] as const;

export type PassTrigger = (typeof PASS_TRIGGERS)[number];
export type OperationalTrigger = (typeof OPERATIONAL_TRIGGERS)[number];
export type Trigger = (typeof TRIGGERS)[number];

export function isOperational(trigger: Trigger): trigger is OperationalTrigger {
  return OPERATIONAL_TRIGGERS.some((operational) => operational === trigger);
}

export interface TriggerText {
  readonly label: string;
  /** One sentence. */
  readonly description: string;
}

/** What a trigger means, for people. */
export const TRIGGER_TEXTS: Readonly<Record<Trigger, TriggerText>> = {
  'pass.created': { label: 'Pass created', description: 'A pass record was created.' },
  'pass.generated': { label: 'Pass generated', description: 'The pass file was generated.' },
  'pass.generation_failed': { label: 'Pass generation failed', description: 'The pass file could not be generated.' },
  'pass.installed': { label: 'Pass installed', description: 'A device added the pass to its wallet.' },
  'pass.first_installed': {
    label: 'Pass first installed',
    description: 'A device added the pass to its wallet, and no device had done so before.',
  },
  'pass.uninstalled': { label: 'Pass uninstalled', description: 'A device removed the pass from its wallet.' },
  'pass.updated': { label: 'Pass updated', description: 'The data of the pass changed.' },
  'pass.refreshed': { label: 'Pass refreshed', description: 'A device fetched an update of the pass.' },
  'pass.voided': { label: 'Pass voided', description: 'The pass was deactivated.' },
  'pass.scanned': { label: 'Pass scanned', description: 'The pass was scanned, by barcode or NFC.' },
  'pass.tapped': { label: 'Pass tapped', description: 'The pass was read by NFC.' },
  'endpoint.failing': { label: 'Endpoint failing', description: 'An endpoint failed several times in a row.' },
  'endpoint.recovered': { label: 'Endpoint recovered', description: 'An endpoint that was failing succeeds again.' },
  'endpoint.disabled': {
    label: 'Endpoint disabled',
    description: 'All subscriptions of an endpoint were disabled, after 410 or long failure.',
  },
  'endpoint.enabled': { label: 'Endpoint enabled', description: 'Subscriptions of a disabled endpoint were enabled.' },
  'delivery.dead': { label: 'Delivery dead', description: 'A delivery failed permanently; a dead letter was written.' },
};
