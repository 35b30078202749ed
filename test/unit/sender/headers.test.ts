import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_STORED_HEADER_CHARS,
  MAX_STORED_HEADERS,
  requestHeaders,
  responseHeaders,
} from '../../../src/sender/headers.ts';
import { anyString } from '../../support/any-string.ts';

const HEAD = { host: 'a.example', contentLengthBytes: 12 };
const AROUND = {
  Host: 'a.example',
  accept: 'application/json, */*;q=0.8',
  'user-agent': expect.stringMatching(/^Passwire\/\d+\.\d+\.\d+$/),
  'content-length': '12',
};

/** The headers as an object; a name that is sent twice fails. */
function sent(given: Readonly<Record<string, string>>): Record<string, string> {
  const result = requestHeaders(given, HEAD);
  if (result.kind === 'invalid') throw new Error(`${result.name} is invalid`);
  const pairs = result.headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, result.headers[index + 1] ?? ''] as const] : [],
  );
  expect(new Set(pairs.map(([name]) => name.toLowerCase())).size).toBe(pairs.length);
  return Object.fromEntries(pairs);
}

describe('requestHeaders', () => {
  it('writes names in their own case, and the length itself', () => {
    expect(sent({ 'X-Webhook-Signature': 'abc', 'webhook-id': 'msg_1', 'Content-Length': '999' })).toEqual({
      ...AROUND,
      'X-Webhook-Signature': 'abc',
      'webhook-id': 'msg_1',
    });
  });

  it('writes a name once, whatever its case; the last value counts, also before the defaults', () => {
    const { accept, 'user-agent': _, ...around } = AROUND;
    expect(sent({ 'X-A': '1', 'x-a': '2', Accept: 'text/html', 'User-Agent': 'other' })).toEqual({
      ...around,
      'x-a': '2',
      Accept: 'text/html',
      'User-Agent': 'other',
    });
  });

  it.each([
    'Host',
    'connection',
    'Transfer-Encoding',
    'upgrade',
    'TE',
    'trailer',
    'expect',
    'keep-alive',
    'Proxy-Connection',
  ])('leaves out %s', (name) => {
    expect(sent({ [name]: 'x' })).toEqual(AROUND);
  });

  it.each([
    ['a line break', 'x-a', 'b\r\nx-injected: 1'],
    ['a line feed', 'x-a', 'b\nc'],
    ['a carriage return', 'x-a', 'b\rc'],
    ['NUL', 'x-a', 'b\0c'],
    ['what is not ASCII', 'x-a', 'grün'],
    ['a Unicode line separator', 'x-a', 'b\u2028c'],
    ['a character that would be cut to a line feed', 'x-a', 'b\u010ac'],
    ['a name with a colon', 'x-a: b', 'c'],
    ['a name with a line break', 'x-a\r\nb', 'c'],
    ['an empty name', '', 'c'],
  ])('refuses %s', (_, name, value) => {
    expect(requestHeaders({ [name]: value }, HEAD)).toEqual({ kind: 'invalid', name });
  });

  it('lets through values of one line only', () => {
    fc.assert(
      fc.property(anyString, (value) => {
        const result = requestHeaders({ 'x-a': value }, HEAD);
        return result.kind === 'invalid' || result.headers.every((part) => /^[\t -~]*$/.test(part));
      }),
    );
  });
});

describe('responseHeaders', () => {
  it('joins several values', () => {
    expect(responseHeaders({ 'set-cookie': ['a=1', 'b=2'], server: 'x', absent: undefined })).toEqual({
      'set-cookie': 'a=1, b=2',
      server: 'x',
    });
  });

  it('stores that many headers', () => {
    const received = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v']));
    expect(Object.keys(responseHeaders(received))).toHaveLength(MAX_STORED_HEADERS);
  });

  it('stores that many characters', () => {
    const received = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x-${index}`, 'v'.repeat(1000)]));
    const chars = Object.entries(responseHeaders(received)).reduce((sum, pair) => sum + pair.join('').length, 0);
    expect(chars).toBeLessThanOrEqual(MAX_STORED_HEADER_CHARS);
    expect(chars).toBeGreaterThan(MAX_STORED_HEADER_CHARS - 1100);
  });

  it('stores the headers that decide about the next attempt, wherever they stand', () => {
    const many = Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v'.repeat(100)]);
    const received = Object.fromEntries([...many, ['retry-after', '120'], ['location', '/new'], ['content-type', 'a/b']]);
    expect(responseHeaders(received)).toMatchObject({ 'retry-after': '120', location: '/new', 'content-type': 'a/b' });
  });

  it('cuts a long value, and stores the headers after it', () => {
    const stored = responseHeaders({ policy: 'v'.repeat(9000), server: 'x' });
    expect(stored).toEqual({ policy: `${'v'.repeat(1023)}…`, server: 'x' });
  });

  it('accepts names with a meaning in JavaScript like any other', () => {
    const received = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.entries(responseHeaders(received))).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
