import { expect, test } from 'vitest';
import { APPLE, accepted, bodyOf, OUR_UUID, SAMSUNG, template, textOf } from './bodies.ts';

const shown = template({ externalId: 'ext', fields: [{ key: 'points', type: 'number' }, { key: 'name' }] });

test('is the envelope of Standard Webhooks around the event, absent keys left out', () => {
  expect(textOf('standard', accepted({ type: 'pass.created', pass: { id: 'p' } }), { template: template() })).toBe(
    JSON.stringify({
      type: 'pass.created',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: { eventId: `evt_${OUR_UUID}`, template: { id: 'tpl_one', name: 'Loyalty' }, pass: { id: 'p' } },
    }),
  );
});

test('shows all the event has: fields of the template first, in its order and their types, instants in UTC', () => {
  const event = accepted({
    type: 'pass.installed',
    id: 'order-17',
    trackingId: 't',
    occurredAt: '2026-03-01T14:00:00+02:00',
    pass: {
      id: 'p',
      expiresAt: '2026-12-31T23:59:59+01:00',
      removedAt: null,
      fields: { name: 'Jane', points: 120, unknown: 'x' },
      genericProperties: { expiresAt: 'not an instant', b: [1, { c: null }] },
    },
    device: { ...APPLE, registeredAt: '2026-03-01T12:00:00Z' },
    registrations: { active: 1, inactive: 0 },
    first: true,
  });
  expect(bodyOf('standard', event, { template: shown })).toEqual({
    type: 'pass.installed',
    timestamp: '2026-03-01T12:00:00.000Z',
    data: {
      eventId: `evt_${OUR_UUID}`,
      producerId: 'order-17',
      trackingId: 't',
      template: { id: 'tpl_one', externalId: 'ext', name: 'Loyalty' },
      pass: {
        id: 'p',
        expiresAt: '2026-12-31T22:59:59.000Z',
        removedAt: null,
        fields: { points: 120, name: 'Jane', unknown: 'x' },
        genericProperties: { expiresAt: 'not an instant', b: [1, { c: null }] },
      },
      device: { ...APPLE, registeredAt: '2026-03-01T12:00:00.000Z' },
      registrations: { active: 1, inactive: 0 },
      first: true,
    },
  });
  expect(textOf('standard', event, { template: shown })).toContain('"fields":{"points":120,"name":"Jane","unknown":"x"}');
});

test('an update shows the pass after it, and the changes as they were sent', () => {
  const event = accepted({
    type: 'pass.updated',
    pass: { id: 'p', nfc: 'old', fields: { points: 1, name: 'Jane' } },
    changes: { nfc: null, fields: { points: 2, name: null, unknown: 1 } },
  });
  const { data } = bodyOf<{ data: Record<string, unknown> }>('standard', event, { template: shown });
  expect(data.pass).toEqual({ id: 'p', fields: { points: 2, unknown: 1 } });
  expect(data.changes).toEqual({ nfc: null, fields: { points: 2, name: null, unknown: 1 } });
});

test('a Samsung device is shown as it was posted', () => {
  const event = accepted({ type: 'pass.installed', device: SAMSUNG });
  expect(bodyOf<{ data: object }>('standard', event).data).toHaveProperty('device', SAMSUNG);
});

test('an event has the type that it is delivered as', () => {
  const event = accepted({ type: 'pass.installed', device: APPLE, first: true });
  expect(bodyOf('standard', event, {}, 'pass.first_installed').type).toBe('pass.first_installed');
});
