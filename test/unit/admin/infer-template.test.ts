import { describe, expect, test } from 'vitest';
import { inferTemplate } from '../../../src/admin/infer-template.ts';
import { Problem } from '../../../src/domain/errors.ts';
import { newId } from '../../../src/domain/id.ts';
import { templateInputSchema } from '../../../src/domain/template.ts';

const VALUES = { first_name: 'Ann', points: 120, gold: false, until: '2026-03-01T12:00:00Z', note: null };
const FIELDS = [
  { key: 'first_name', type: 'text', sample: 'Ann', personalised: true },
  { key: 'points', type: 'number', sample: 120, personalised: true },
  { key: 'gold', type: 'boolean', sample: false, personalised: true },
  { key: 'until', type: 'date', sample: '2026-03-01T12:00:00Z', personalised: true },
  { key: 'note', type: 'text', personalised: true },
];
const pass = { id: 'p', type: 'storeCard', fields: VALUES };

describe('fields are inferred from', () => {
  test.each([
    ['an event', { type: 'pass.created', templateId: 'loyalty', pass }, { externalId: 'loyalty', passType: 'storeCard' }],
    ['a pass', pass, { externalId: undefined, passType: 'storeCard' }],
    ['fields alone', VALUES, { externalId: undefined, passType: 'generic' }],
  ])('%s', (_what, sample, expected) => {
    const inferred = inferTemplate(sample);
    expect(inferred).toEqual({ ...expected, fields: FIELDS, warnings: [] });
    const { warnings: _warnings, externalId, ...template } = inferred;
    const draft = { name: 'Draft', ...template, ...(externalId !== undefined && { externalId }) };
    expect(templateInputSchema.parse(draft).fields).toEqual(FIELDS);
  });

  test("Apple's pass.json, with label and area", () => {
    const storeCard = {
      primaryFields: [{ key: 'points', label: 'Points', value: 120 }],
      backFields: [{ key: 'terms', label: '', value: 'None' }, { label: 'Nameless', value: 1 }, 7],
    };
    const inferred = inferTemplate({ formatVersion: 1, description: 'Card', storeCard });
    expect(inferred.passType).toBe('storeCard');
    expect(inferred.fields).toEqual([
      { key: 'points', type: 'number', sample: 120, label: 'Points', area: 'primaryFields', personalised: true },
      { key: 'terms', type: 'text', sample: 'None', area: 'backFields', personalised: true },
    ]);
    expect(inferred.warnings).toEqual([{ pointer: '/sample/storeCard/backFields/1', detail: 'has no key' }]);
  });
});

test('our own id of a template is no external id', () => {
  expect(inferTemplate({ templateId: newId('template', 0), pass }).externalId).toBeUndefined();
});

test('what cannot be a field is left out, with its place', () => {
  const fields = { good: 1, list: [1], 7: 'x', 'a/b': {}, ['k'.repeat(129)]: 1 };
  const { fields: found, warnings } = inferTemplate({ fields });
  expect(found.map(({ key }) => key)).toEqual(['good']);
  expect(warnings.map(({ pointer }) => pointer.slice(0, 30))).toEqual([
    '/sample/fields/7',
    '/sample/fields/list',
    '/sample/fields/a~1b',
    `/sample/fields/${'k'.repeat(15)}`,
  ]);
});

test('more fields than a template may have are left out, with 20 warnings at most', () => {
  const fields = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, index]));
  const inferred = inferTemplate({ fields });
  expect([inferred.fields.length, inferred.warnings.length]).toEqual([500, 20]);
});

test.each([[{}], [[]], ['text'], [null], [{ type: 'pass.created', templateId: 'x', pass: { id: 'p' } }], [{ pass: 7 }]])(
  'a sample without fields is refused: %j',
  (sample) => {
    expect(() => inferTemplate(sample)).toThrow(Problem);
  },
);
