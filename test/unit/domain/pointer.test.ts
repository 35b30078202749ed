import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldNameOf, isInside, pointerOf, tokensOfField } from '../../../src/domain/pointer.ts';

test.each([
  ['pass-id', ['pass-id']],
  ['a~b', ['a~b']],
  ['/pass-id', ['pass-id']],
  ['/wallet_item/tokens/first_name', ['wallet_item', 'tokens', 'first_name']],
  ['/a~1b/m~0n/~01', ['a/b', 'm~n', '~1']],
  ['/', ['']],
  ['/a~', undefined],
  ['/a~2b', undefined],
])('%s has the tokens %o', (field, tokens) => {
  expect(tokensOfField(field)).toEqual(tokens);
});

test('a field is found again by its name', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (tokens) => {
      fc.pre(tokens.length > 1 || tokens[0] !== '');
      expect(tokensOfField(fieldNameOf(tokens))).toEqual(tokens);
      expect(tokensOfField(pointerOf(tokens))).toEqual(tokens);
    }),
  );
});

test('only what is below a place is inside of it', () => {
  expect(isInside('/a/b', '/a')).toBe(true);
  expect(isInside('/a', '/a')).toBe(false);
  expect(isInside('/ab', '/a')).toBe(false);
});
