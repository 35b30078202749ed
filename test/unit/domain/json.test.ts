import { expect, test } from 'vitest';
import { findUnsupported, isUnstableKey, MAX_JSON_DEPTH, pointerTo } from '../../../src/domain/json.ts';

test.each([
  ['', 'a', '/a'],
  ['/a', 0, '/a/0'],
  ['/a', 'm~n/o', '/a/m~0n~1o'],
  ['', '', '/'],
])('the token %j + %j is %j', (parent, key, expected) => {
  expect(pointerTo(parent, key)).toBe(expected);
});

test.each([
  ['0', true],
  ['10', true],
  ['4294967295', true],
  ['__proto__', true],
  ['01', false],
  ['-1', false],
  ['1.5', false],
  ['1e3', false],
  ['constructor', false],
  ['', false],
])('the name %j is unstable: %s', (key, expected) => {
  expect(isUnstableKey(key)).toBe(expected);
});

test.each([
  ['{"a":"\\u0000"}', '/a', 'NUL'],
  ['{"a":["x","\\ud800"]}', '/a/1', 'surrogate'],
  ['{"a":{"\\udc00":1}}', '/a/\udc00', 'surrogate'],
  ['{"a":{"10":1}}', '/a/10', 'not a number'],
  ['{"__proto__":{"x":1}}', '/__proto__', 'not a number'],
])('%s is refused at %s', (text, pointer, detail) => {
  const [error, ...others] = findUnsupported(JSON.parse(text));
  expect(others).toEqual([]);
  expect(error?.pointer).toBe(pointer);
  expect(error?.detail).toContain(detail);
});

test.each([
  ['/open/10', '{"open":{"10":1,"2":{"3":4},"list":[{"5":6}]}}', undefined],
  ['/open/__proto__', '{"open":{"a":{"__proto__":1}}}', '/open/a/__proto__'],
  ['beside it', '{"open":{},"10":1}', '/10'],
  ['under the same name elsewhere', '{"a":{"open":{"10":1}}}', '/a/open/10'],
])('X3: names that are numbers are accepted in open containers: %s', (_where, text, pointer) => {
  const [error] = findUnsupported(JSON.parse(text), { openContainers: ['/open'] });
  expect(error?.pointer).toBe(pointer);
});

test.each(['{"a":"\\ud83d\\ude00","b":9007199254740991,"c":1.5,"d":null,"e":true,"01":[],"f":{}}', '"text"', '[]', 'null'])(
  '%s is carried',
  (text) => {
    expect(findUnsupported(JSON.parse(text))).toEqual([]);
  },
);

test('nesting is carried down to a limit', () => {
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  expect(findUnsupported(nested(MAX_JSON_DEPTH))).toEqual([]);
  expect(findUnsupported(nested(MAX_JSON_DEPTH + 1))).toHaveLength(1);
  expect(findUnsupported(nested(5000))).toHaveLength(1);
});

test('errors have pointers from the position of the value, up to a limit', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, '\0']));
  expect(findUnsupported(many, { at: '/events/3' })[0]?.pointer).toBe('/events/3/k0');
  expect(findUnsupported(many)).toHaveLength(20);
  expect(findUnsupported(many, { limit: 3 })).toHaveLength(3);
});
