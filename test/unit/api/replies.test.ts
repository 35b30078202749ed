import { expect, test } from 'vitest';
import { jsonOf } from '../../../src/api/replies.ts';

test.each([
  [{ data: [{ id: 'a' }, { id: 'b', list: [1, null, 'x'] }], nextCursor: null }],
  [{ data: [], nextCursor: 'abc' }],
  [{ data: [{ id: 'a' }] }],
  [{ data: 'no list', nextCursor: null }],
  [{ id: 'a', nested: { data: [1] } }],
  [null],
])('the JSON of %j is what JSON.stringify writes', async (value) => {
  expect(await jsonOf(value)).toBe(JSON.stringify(value));
});
