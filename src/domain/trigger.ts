/** Every kind of pass event, in our words. `pass.first_installed` is derived from an install and never posted. */
export const TRIGGERS = [
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

export type Trigger = (typeof TRIGGERS)[number];
