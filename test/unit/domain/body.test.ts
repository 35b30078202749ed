import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromJson, object, serialise } from '../../../src/domain/body.ts';
import type { JsonValue } from '../../../src/domain/json.ts';

test('members keep their order, whatever they are called', () => {
  const body = object([
    ['pass-id', 1],
    ['10', 2],
    ['__proto__', 3],
    ['2', object([['b', null]])],
  ]);
  expect(serialise(body)).toBe('{"pass-id":1,"10":2,"__proto__":3,"2":{"b":null}}');
});

test('an undefined member is left out, null and empty text are not', () => {
  const body = object([
    ['a', undefined],
    ['b', null],
    ['c', ''],
    ['d', false],
  ]);
  expect(serialise(body)).toBe('{"b":null,"c":"","d":false}');
});

test('names and texts are escaped as JSON.stringify does it', () => {
  expect(serialise(object([['"\n', '\u2028é"\\']]))).toBe(`{"\\"\\n":${JSON.stringify('\u2028é"\\')}}`);
});

test('any JSON value comes out as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed: JsonValue = JSON.parse(JSON.stringify(value));
      expect(serialise(fromJson(parsed))).toBe(JSON.stringify(parsed));
    }),
  );
});
