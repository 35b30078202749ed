import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../../src/domain/attempt.ts';
import { echoRemover } from '../../../src/domain/echo.ts';

const SECRET = 'hush/"hush"-1234';

function response(text: string, headers: Record<string, string> = {}, truncated = false): SendOutcome {
  const body = { text, truncated };
  return { kind: 'response', status: 200, headers, body, remoteAddress: undefined, timings: { totalMs: 1 } };
}

describe('echoRemover', () => {
  it.each([
    ['as it was sent', `x ${SECRET} y ${SECRET}`, 'x *** y ***'],
    ['in JSON', JSON.stringify({ a: SECRET }), '{"a":"***"}'],
    ['in JSON with escaped slashes', `{"a":"${'hush\\/\\"hush\\"-1234'}"}`, '{"a":"***"}'],
    ['in a URL', `/?a=${encodeURIComponent(SECRET)}&b`, '/?a=***&b'],
    ['not in part', 'hush/"hush"', 'hush/"hush"'],
  ])('blanks a value %s', (_, text, expected) => {
    expect(echoRemover([SECRET])(response(text))).toEqual(response(expected));
  });

  it('blanks a credential without its scheme', () => {
    expect(echoRemover(['Bearer token-1234'])(response('token-1234, Bearer token-1234'))).toEqual(response('***, ***'));
  });

  it('blanks response headers', () => {
    const headers = { 'x-echo': `a ${SECRET}`, location: `/${SECRET}`, server: 'x' };
    expect(echoRemover([SECRET])(response('', headers))).toEqual(
      response('', { 'x-echo': 'a ***', location: '/***', server: 'x' }),
    );
  });

  it('leaves values of less than eight characters', () => {
    expect(echoRemover(['eu-west', ''])(response('eu-west'))).toEqual(response('eu-west'));
  });

  it.each([8, 9, SECRET.length - 1])('blanks the first %i characters where the end of the body cuts a value', (length) => {
    const text = `abc ${SECRET.slice(0, length)}`;
    expect(echoRemover([SECRET])(response(text, {}, true))).toEqual(response('abc ***', {}, true));
    expect(echoRemover([SECRET])(response(text))).toEqual(response(text));
  });

  it('blanks the beginning of a value in a header that was cut', () => {
    const cut = { 'x-echo': `a ${SECRET.slice(0, 10)}…` };
    expect(echoRemover([SECRET])(response('', cut))).toEqual(response('', { 'x-echo': 'a ***…' }));
  });

  it('blanks what a failure has', () => {
    const failure = (text: string): SendOutcome => ({
      kind: 'failure',
      failure: 'invalid_response',
      detail: `Parse Error: ${text}`,
      received: { status: 500, headers: { a: text }, body: { text, truncated: false } },
      remoteAddress: undefined,
      timings: { totalMs: 1 },
    });
    expect(echoRemover([SECRET])(failure(SECRET))).toEqual(failure('***'));
  });
});
