import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../support/node-process.ts';
import { useApi } from './api.ts';

// What the API serves at /console. `npm test` builds it before.

const api = useApi();
const BUILT = join(ROOT, 'console/dist');
const html = readFileSync(join(BUILT, 'index.html'), 'utf8');

describe('the page of the console', () => {
  test.each(['/console', '/console/deliveries/dlv_1?attempt=2', '/console/sign-in'])('is served at %s', async (path) => {
    const response = await api().raw(path, {});
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('has a strict policy with a nonce of its own in each response', async () => {
    const responses = await Promise.all([api().raw('/console', {}), api().raw('/console', {})]);
    const nonces = await Promise.all(
      responses.map(async (response) => {
        const policy = response.headers.get('content-security-policy') ?? '';
        const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
        expect(policy).toBe(
          [
            "default-src 'none'",
            "script-src 'self'",
            `style-src 'self' 'nonce-${nonce}'`,
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
          ].join('; '),
        );
        const text = await response.text();
        expect(text).toContain(`nonce="${nonce}"`);
        expect(text).not.toContain('__');
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
    expect(Buffer.from(nonces[0] ?? '', 'base64')).toHaveLength(16);
  });

  test('has no script and no style but those in files', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });
});

describe('files of the console', () => {
  const [, script = ''] = /src="(\/console\/assets\/index-[^"]+\.js)"/.exec(html) ?? [];

  test('never change under their name, and come compressed', async () => {
    const { status, headers } = await api().raw(script, { headers: { 'accept-encoding': 'br' } });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public,max-age=31536000,immutable');
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(
      (await api().raw(script, { headers: { 'accept-encoding': 'identity' } })).headers.get('content-encoding'),
    ).toBeNull();
  });

  test.each(['/console/assets/missing.js', '/console/assets/..%2findex.html', '/console/assets/../../../../package.json'])(
    'that are none are not found: %s',
    async (path) => {
      const response = await api().raw(path, {});
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );
});

test('the build that is served is the one that the page names', async () => {
  const { build } = (await (await api().raw('/v1/console-config', {})).json()) as { readonly build: string };
  expect(build).toMatch(/^[0-9a-f]{12}$/);
  expect(await (await api().raw('/console', {})).text()).toContain(`content="${build}"`);
});
