import type { Schemas } from '../../../client/index.ts';
import { navigation } from './navigation.ts';

/** Every act in words. */
export const ACTS: Readonly<Record<Schemas['AuditEntry']['action'], string>> = {
  'tenant.created': 'Tenant created',
  'tenant.updated': 'Tenant updated',
  'tenant.deleted': 'Tenant deleted',
  'api-key.created': 'API key created',
  'api-key.updated': 'API key updated',
  'api-key.revoked': 'API key revoked',
  'portal-link.created': 'Link to the portal made',
  'portal-link.used': 'Link to the portal opened',
  'template.created': 'Template created',
  'template.updated': 'Template updated',
  'template.deleted': 'Template deleted',
  'integration.created': 'Integration created',
  'integration.updated': 'Integration updated',
  'integration.deleted': 'Integration deleted',
  'integration.secret-rotated': 'Secret rotated',
  'integration.secret-revoked': 'Secret revoked',
  'subscription.created': 'Subscription created',
  'subscription.updated': 'Subscription updated',
  'subscription.deleted': 'Subscription deleted',
  'endpoint.enabled': 'Endpoint enabled',
  'endpoint.disabled': 'Endpoint disabled',
  'delivery.replayed': 'Delivery replayed',
  'delivery.retried': 'Delivery retried',
  'delivery.cancelled': 'Delivery cancelled',
  'dead-letter.replayed': 'Dead letter replayed',
  'dead-letter.discarded': 'Dead letter discarded',
  'replay.started': 'Replay started',
  'replay.paused': 'Replay paused',
  'replay.resumed': 'Replay resumed',
  'replay.cancelled': 'Replay cancelled',
  'replay.rate-changed': 'Rate of a replay changed',
  'erasure.started': 'Erasure started',
  'test.sent': 'Test sent',
};

export const audit = {
  title: navigation.audit,
  none: 'Nothing in this period.',
  noneText: 'Every change of configuration and every act of a person is entered here, in the transaction of the change.',
  noMatch: 'No entry matches.',
  remove: 'Remove:',
  filters: { action: 'Act', anyAction: 'Any act', target: 'Id of the target', actor: 'Id of the key' },
  chip: {
    action: (value: string) => `Act: ${wordsOf(value)}`,
    target: (value: string) => `Target: ${value}`,
    actor: (value: string) => `By: ${value}`,
  },
  columns: { at: 'Time', action: 'Act', target: 'Target', by: 'By' },
  system: 'Passwire',
  by: (name: string, role: string | null) => (role === null ? name : `${name} (${role})`),
  changed: (member: string, before: string, after: string) => `${member}: ${before} → ${after}`,
  set: (member: string, value: string) => `${member}: ${value}`,
  more: (count: number) => (count === 1 ? 'and 1 more member' : `and ${count} more members`),
};

/** The words for an act; an act of a later version by its name. */
export function wordsOf(action: string): string {
  return (ACTS as Readonly<Record<string, string>>)[action] ?? action;
}
