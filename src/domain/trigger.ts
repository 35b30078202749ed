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
