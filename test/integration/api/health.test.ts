import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';

const api = useApi();

describe('health', () => {
  test('is reported by part, without a key', async () => {
    const response = await api().raw('/healthz', {});
    expect(await response.json()).toEqual({ status: 'ok' });
    expect(response.headers.get('keep-alive')).toBe('timeout=75'); // longer than proxies use an idle connection again
    const ready = await api().raw('/readyz', {});
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', parts: { postgres: { ok: true }, redis: { ok: true }, encryptionKeys: { ok: true } } },
    ]);
  });

  test('the OpenAPI document is served', async () => {
    const response = await api().raw('/openapi.json', {});
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
  });
});
