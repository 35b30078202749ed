import { describe, expect, test } from 'vitest';
import { withSuggestions } from '../../../src/api/suggestions.ts';
import { postedEventSchema } from '../../../src/domain/event.ts';
import { check } from '../../../src/domain/schema.ts';
import { templateInputSchema } from '../../../src/domain/template.ts';

describe('suggestions', () => {
  test.each([
    ['at the top', templateInputSchema, { name: 'a', externalID: 'x' }, '/externalID', 'externalId'],
    ['in a list', templateInputSchema, { name: 'a', fields: [{ key: 'a', lable: 'b' }] }, '/fields/0/lable', 'label'],
    ['in a default', templateInputSchema, { name: 'a', personalised: { expire: true } }, '/personalised/expire', 'expiry'],
    [
      'in a union',
      postedEventSchema,
      { type: 'pass.created', templateId: 't', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p', barcod: null } },
      '/pass/barcod',
      'barcode',
    ],
  ])('%s', (_where, schema, value, pointer, near) => {
    const result = check<unknown>(schema, value);
    const errors = result.ok ? [] : withSuggestions(schema, result.errors);
    expect(errors).toEqual([{ pointer, detail: `is not a known name here; did you mean ${near}?` }]);
  });

  test('nothing near, nothing said', () => {
    const errors = [{ pointer: '/whatever', detail: 'is not a known name here' }];
    expect(withSuggestions(templateInputSchema, errors)).toEqual(errors);
  });
});
