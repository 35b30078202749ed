import { expect, test } from 'vitest';
import { suggest } from '../../../src/domain/suggest.ts';

test.each([
  ['pass-di', ['pass-id', 'barcode-value'], 'pass-id'],
  ['PASS-ID', ['pass-id'], 'pass-id'],
  ['pass_id', ['pass-id'], 'pass-id'],
  ['createdOn', ['createdOnn', 'createdOn'], 'createdOn'],
  ['ab', ['ax', 'ay'], 'ax'],
  ['something', ['barcode-value'], undefined],
  ['pass-id', [], undefined],
  ['a', ['a very long name'], undefined],
  ['/wallet_item/uid', ['/wallet_item/uuid', '/wallet_item/url'], '/wallet_item/uuid'],
])('%s among %o is meant as %s', (name, candidates, expected) => {
  expect(suggest(name, candidates)).toBe(expected);
});
