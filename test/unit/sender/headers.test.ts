import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_STORED_HEADER_CHARS,
  MAX_STORED_HEADERS,
  requestHeaders,
  responseHeaders,
} from '../../../src/sender/headers.ts';
import { anyString } from '../../support/any-string.ts';

describe('requestHeaders', () => {
  it('writes names in lower case and the length itself', () => {
    expect(requestHeaders({ 'X-Webhook-Event': 'N804', 'Content-Length': '999' }, 12)).toEqual({
      kind: 'ok',
      headers: { 'x-webhook-event': 'N804', 'content-length': '12' },
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
    expect(requestHeaders({ [name]: 'x' }, 0)).toEqual({ kind: 'ok', headers: { 'content-length': '0' } });
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
    expect(requestHeaders({ [name]: value }, 0)).toEqual({ kind: 'invalid', name });
  });

  it('lets through values of one line only', () => {
    fc.assert(
      fc.property(anyString, (value) => {
        const result = requestHeaders({ 'x-a': value }, 0);
        return result.kind === 'invalid' || /^[\t -~]*$/.test(result.headers['x-a'] ?? '\0');
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

  it('keeps so many headers', () => {
    const received = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'v']));
    expect(Object.keys(responseHeaders(received))).toHaveLength(MAX_STORED_HEADERS);
  });

  it('keeps so many characters', () => {
    const received = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`x-${index}`, 'v'.repeat(1000)]));
    const chars = Object.entries(responseHeaders(received)).reduce((sum, pair) => sum + pair.join('').length, 0);
    expect(chars).toBeLessThanOrEqual(MAX_STORED_HEADER_CHARS);
    expect(chars).toBeGreaterThan(MAX_STORED_HEADER_CHARS - 1100);
  });

  it('takes a name like any other, whatever it means to JavaScript', () => {
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
