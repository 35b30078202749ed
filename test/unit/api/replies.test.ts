import { expect, test } from 'vitest';
import { piecesOf, replyOf } from '../../../src/api/replies.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';

const route = (operationId: string) => {
  const found = ROUTES.find((one) => one.operationId === operationId);
  if (!found) throw new Error(`there is no ${operationId}`);
  return found;
};

test.each([
  [{ data: [{ id: 'a' }, { id: 'b', list: [1, null, 'x'] }], nextCursor: null }],
  [{ data: [], nextCursor: 'abc' }],
  [{ data: [{ id: 'a' }] }],
])('the JSON of %j in pieces is what JSON.stringify writes', async (value) => {
  expect(Buffer.concat(await piecesOf(value)).toString()).toBe(JSON.stringify(value));
});

test.each([[{ data: 'no list', nextCursor: null }], [{ id: 'a', nested: { data: [1] } }], [null]])(
  'the reply with %j, which is no list, is what JSON.stringify writes',
  async (value) => {
    expect((await replyOf(route('getDelivery'), value)).body).toBe(JSON.stringify(value));
  },
);

test('a long list is written in pieces, a short one whole', async () => {
  const list = (text: string) => ({ data: [{ id: 'a', text }, { id: 'b' }], nextCursor: null });
  const short = await replyOf(route('listDeadLetters'), list('x'));
  expect(short).toMatchObject({ body: JSON.stringify(list('x')) });
  const long = list('€'.repeat(1024 * 1024));
  const { body, pieces = [] } = await replyOf(route('listDeadLetters'), long);
  expect([body, Buffer.concat(pieces).toString()]).toEqual(['', JSON.stringify(long)]);
});
