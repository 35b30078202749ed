import { afterEach, beforeEach, expect, test } from 'vitest';
import { Receiver } from '../support/receiver.ts';

// Tests rely on the receiver, so it is tested itself.
let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());

const post = (path: string, body = '', timeoutMs = 60_000) =>
  fetch(receiver.url(path), { method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) });

test('records method, path, headers and the very bytes', async () => {
  await fetch(receiver.url('/a?b=1'), { method: 'PUT', body: '{"ü": 1}', headers: { 'x-one': 'two' } });
  const [got] = await receiver.waitFor('/a');
  expect(got).toMatchObject({ method: 'PUT', path: '/a?b=1', text: '{"ü": 1}', headers: { 'x-one': 'two' } });
  expect(got?.body).toEqual(Buffer.from('{"ü": 1}'));
});

test('answers in the order of the script and repeats the last answer', async () => {
  receiver.answer('/a', { status: 500 }, { status: 503, headers: { 'retry-after': '1' }, body: 'later' }, { status: 204 });
  const answers = [await post('/a'), await post('/a'), await post('/a'), await post('/a'), await post('/other')];
  expect(answers.map(({ status }) => status)).toEqual([500, 503, 204, 204, 200]);
  expect(answers[1]?.headers.get('retry-after')).toBe('1');
  expect(await answers[1]?.text()).toBe('later');
});

test('hangs, resets, and answers on demand', async () => {
  receiver.answer('/hang', { instead: 'hang' });
  receiver.answer('/reset', { instead: 'reset' });
  receiver.answer('/hand', { by: ({ text }, response) => void response.writeHead(202).end(text.toUpperCase()) });
  await expect(post('/hang', '', 200)).rejects.toThrow(/timeout/);
  await expect(post('/reset')).rejects.toThrow(/fetch failed/);
  expect(await (await post('/hand', 'abc')).text()).toBe('ABC');
  expect(receiver.requests).toHaveLength(3);
});
