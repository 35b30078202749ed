import type { Schemas } from '../../../client/index.ts';

export type Trigger = Schemas['Delivery']['trigger'];

/** Every trigger in words. */
export const triggers: Readonly<Record<Trigger, string>> = {
  'pass.created': 'Pass created',
  'pass.generated': 'Pass generated',
  'pass.generation_failed': 'Pass generation failed',
  'pass.installed': 'Pass installed',
  'pass.first_installed': 'Pass first installed',
  'pass.uninstalled': 'Pass uninstalled',
  'pass.updated': 'Pass updated',
  'pass.refreshed': 'Pass refreshed',
  'pass.voided': 'Pass voided',
  'pass.scanned': 'Pass scanned',
  'pass.tapped': 'Pass tapped',
  'endpoint.failing': 'Endpoint failing',
  'endpoint.recovered': 'Endpoint recovered',
  'endpoint.disabled': 'Endpoint disabled',
  'endpoint.enabled': 'Endpoint enabled',
  'delivery.dead': 'Delivery dead',
};

export const TRIGGERS = Object.keys(triggers) as readonly Trigger[];
