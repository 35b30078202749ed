import { describe, expect, test } from 'vitest';
import { postedEventSchema } from '../../../src/domain/event.ts';
import { findUnsupported } from '../../../src/domain/json.ts';
import { sampleEvent, sampleTemplate } from '../../../src/domain/sample-event.ts';
import { PASS_TRIGGERS } from '../../../src/domain/trigger.ts';
import { template } from '../dialects/bodies.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const shown = template({
  passType: 'coupon',
  fields: [
    { key: 'given', sample: 'Calrissian' },
    { key: 'text', label: 'A label' },
    { key: 'bare' },
    { key: 'number', type: 'number' },
    { key: 'boolean', type: 'boolean' },
    { key: 'date', type: 'date' },
  ],
});

describe.each(PASS_TRIGGERS)('%s', (trigger) => {
  const event = sampleEvent(shown, trigger, NOW);

  test('could have been posted', () => {
    const { type, ...facts } = event.facts;
    const posted = { ...facts, type: type === 'pass.first_installed' ? 'pass.installed' : type };
    expect(postedEventSchema.parse(posted)).toEqual(posted);
    expect(findUnsupported(event.facts)).toEqual([]);
  });

  test('is of its template and its moment', () => {
    expect(event).toMatchObject({ tenantId: shown.tenantId, templateId: shown.id, derivedFrom: undefined });
    expect(event.facts).toMatchObject({ type: trigger, occurredAt: '2026-03-01T12:00:00.000Z', pass: { type: 'coupon' } });
    expect(sampleEvent(shown, trigger, NOW).id).not.toBe(event.id);
  });
});

test('fields have their samples, else something of their type', () => {
  expect(sampleEvent(shown, 'pass.created', NOW).facts.pass.fields).toEqual({
    given: 'Calrissian',
    text: 'A label',
    bare: 'bare',
    number: 100,
    boolean: true,
    date: '2026-03-01T12:00:00.000Z',
  });
});

test('an update changes all that is shown', () => {
  const { pass, changes } = sampleEvent(shown, 'pass.updated', NOW).facts;
  expect({ ...changes, id: pass.id }).toEqual(pass);
});

test.each([
  ['pass.created', 'issued'],
  ['pass.installed', 'active'],
  ['pass.uninstalled', 'removed'],
  ['pass.voided', 'deactivated'],
] as const)('after %s a pass is %s', (trigger, status) => {
  expect(sampleEvent(shown, trigger, NOW).facts.pass.status).toBe(status);
});

test('a sample template', () => {
  expect(sampleTemplate(shown.tenantId)).toMatchObject({ tenantId: shown.tenantId, fields: [], passType: 'generic' });
});
