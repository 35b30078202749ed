import { expect, test } from 'vitest';
import { whyNotSent } from '../../../src/admin/why-not-sent.ts';
import { newId } from '../../../src/domain/id.ts';
import type { SubscriptionRecord } from '../../../src/ports/configuration.ts';
import type { EventRecord } from '../../../src/ports/events.ts';

const ACCEPTED = new Date('2026-11-24T10:00:00Z');
const BEFORE = new Date('2026-11-01T00:00:00Z');
const AFTER = new Date('2026-11-25T00:00:00Z');
const [tenantId, templateId] = [newId('tenant', 1), newId('template', 1)];

const event: EventRecord = {
  id: newId('event', 1),
  tenantId,
  templateId,
  derivedFrom: undefined,
  acceptedAt: ACCEPTED,
  undelivered: undefined,
  facts: {
    type: 'pass.installed',
    occurredAt: '2026-11-24T10:00:00Z',
    templateId: 'loyalty',
    pass: { id: 'p', fields: { tier: 'gold' } },
    device: { platform: 'apple' },
    first: true,
  },
} as EventRecord;

function record(changes: Partial<SubscriptionRecord['subscription']> = {}, deletedAt?: Date): SubscriptionRecord {
  const subscription = {
    id: newId('subscription', 1),
    trigger: 'pass.installed',
    templateId,
    filter: null,
    options: {},
    createdAt: BEFORE,
    updatedAt: BEFORE,
    ...changes,
  } as SubscriptionRecord['subscription'];
  return { subscription, template: undefined, deletedAt };
}

const silver = { path: '/pass/fields/tier', eq: 'silver' } as const;

test.each<[string, SubscriptionRecord, string, string]>([
  [
    'made later',
    record({ createdAt: AFTER }),
    'made-later',
    'was made on 25 Nov 2026, 00:00:00 UTC, after the event was accepted on 24 Nov 2026',
  ],
  ['deleted before', record({}, BEFORE), 'deleted-before', 'was deleted on 1 Nov 2026'],
  ['deleted after', record({}, AFTER), 'unknown', 'is no longer stored'],
  [
    'another trigger',
    record({ trigger: 'pass.created' }),
    'other-trigger',
    'is for pass.created, and the event is pass.installed',
  ],
  ['a derived trigger', record({ trigger: 'pass.first_installed' }), 'unknown', 'matches the event'],
  ['another template', record({ templateId: newId('template', 2) }), 'other-template', 'another template'],
  ['all templates', record({ templateId: null }), 'unknown', 'matches the event'],
  ['a filter', record({ filter: silver }), 'filtered', 'filter of the subscription keeps the event out.'],
  ['a filter that was changed', record({ filter: silver, updatedAt: AFTER }), 'filtered', 'It was changed on 25 Nov 2026'],
  ['a window', record({ options: { endsAt: '2026-11-02T00:00:00Z' } }), 'outside-window', 'outside the window of time'],
  [
    'changed since',
    record({ updatedAt: AFTER }),
    'changed-since',
    'As it is now, the subscription would get the event. It was changed on',
  ],
])('%s', (_name, given, code, part) => {
  const { text, ...rest } = whyNotSent(event, given, 'vibes');
  expect(rest).toEqual({ subscriptionId: given.subscription.id, code });
  expect(text).toContain(part);
});
