import { describe, expect, it } from 'vitest';
import { finalStatusIn } from '../../../src/sender/status-line.ts';

const found = (text: string) => finalStatusIn(Buffer.from(text, 'latin1'));

describe('finalStatusIn', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\n', 200, 0],
    ['HTTP/1.1 200 OK\n', 200, 0],
    ['HTTP/1.1 200\r\n', 200, 0],
    ['HTTP/1.0 404 \r\nx', 404, 0],
    ['HTTP/1.1  999 a\tb\xe4\r\n', 999, 0],
    ['\r\n\r\nHTTP/1.1 200 OK\r\n', 200, 4],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n', 201, 25],
    ['HTTP/1.1 103 Hints\r\na: b\r\n\r\nHTTP/1.1 102 P\n\nHTTP/1.1 500 X\r\n', 500, 44],
  ])('finds the line in %j', (text, status, offset) => {
    expect(found(text)).toEqual({ status, offset });
  });

  it.each([
    '',
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200 OK\r',
    'HTTP/1.1 20\r\n',
    'HTTP/1.1 2000\r\n',
    'HTTP/1.1 200OK\r\n',
    'HTTP/1.1 099 X\r\n',
    'http/1.1 200 OK\r\n',
    ' HTTP/1.1 200 OK\r\n',
    'hello\r\nHTTP/1.1 200 OK\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n',
    'HTTP/1.1 100 Continue\r\n',
    'HTTP/1.1 100 Continue\r\na: b\r\nHTTP/1.1 200 OK\r\n',
  ])('finds none in %j', (text) => {
    expect(found(text)).toBeUndefined();
  });

  it('finds it behind many informational responses', () => {
    const text = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(5000);
    expect(found(`${text}HTTP/1.1 200 OK\r\n`)).toEqual({ status: 200, offset: text.length });
  });
});
