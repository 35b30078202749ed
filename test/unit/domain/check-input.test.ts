import { describe, expect, test } from 'vitest';
import { checkInput } from '../../../src/domain/check-input.ts';
import { postedEventSchema } from '../../../src/domain/event.ts';
import { templateInputSchema } from '../../../src/domain/template.ts';

describe('checked input', () => {
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
    const errors = [{ pointer, detail: `is not a known name here; did you mean ${near}?` }];
    expect(checkInput<unknown>(schema, value)).toEqual({ ok: false, errors });
  });

  test('without a near name nothing is suggested', () => {
    const errors = [{ pointer: '/options/whatever', detail: 'is not a known name here' }];
    expect(checkInput(templateInputSchema, { name: 'a', whatever: 1 }, '/options')).toEqual({ ok: false, errors });
  });
});
