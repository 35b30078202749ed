import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { refusal } from './refusal.ts';
import { installed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let tenant: TenantWithAll;

beforeAll(async () => {
  tenant = await tenantWithAll(api());
});

const refused = (method: string, path: string, body?: unknown) => refusal(api(), tenant.call, method, path, body);

describe('an event with', () => {
  const text = JSON.stringify(installed('p'));
  test.each<[string, string, string]>([
    ['an unknown trigger', text.replace('pass.installed', 'pass.instaled'), '/type'],
    ['a derived trigger', text.replace('pass.installed', 'pass.first_installed'), '/type'],
    ['an unknown template', text.replace('loyalty', 'loyal'), '/templateId'],
    ['an unknown name', text.replace('"pass"', '"passs":1,"pass"'), '/passs'],
    ['an instant without offset', text.replace('00:00Z', '00:00'), '/occurredAt'],
    ['no device', text.replace(/,"device":.*/, '}'), '/device'],
    ['a platform without os', text.replace('apple', 'other'), '/device/os'],
    ['an integer-like field', text.replace('first_name', '10'), '/pass/fields/10'],
    ['a field __proto__', text.replace('first_name', '__proto__'), '/pass/fields/__proto__'],
    ['a large integer', text.replace('"Ann"', '90071992547409930'), '/pass/fields/first_name'],
    ['an object for a field', text.replace('"Ann"', '{}'), '/pass/fields/first_name'],
    ['NUL in its id', text.replace('"id":"p"', '"id":"\\u0000"'), '/pass/id'],
    ['an id too long', text.replace('"id":"p"', `"id":"${'x'.repeat(513)}"`), '/pass/id'],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refused('POST', '/v1/events', body);
    expect(status, detail).toBe(422);
    expect(pointers, detail).toContain(pointer);
    const batch = await refused('POST', '/v1/events/batch', `{"events":[${body}]}`);
    expect(batch.status).toBe(202);
  });

  test('another body under the same id is 422', async () => {
    await made(tenant.call('POST', '/v1/events', installed('p', { id: 'producer-1' })), 202);
    const { status, pointers } = await refused('POST', '/v1/events', installed('q', { id: 'producer-1' }));
    expect([status, pointers]).toEqual([422, ['/id']]);
  });

  test('more than 256 KiB is 413, so is a request of more than 2 MiB, or 8 MiB with a batch', async () => {
    const large = installed('p', { pass: { id: 'p', fields: { text: 'x'.repeat(256 * 1024) } } });
    expect(await refused('POST', '/v1/events', large)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('262144'),
    });
    for (const [path, bytes] of [
      ['/v1/events', 2 * 1024 * 1024],
      ['/v1/events/batch', 8 * 1024 * 1024],
    ] as const) {
      expect(await refused('POST', path, `${' '.repeat(bytes)}{}`)).toMatchObject({
        status: 413,
        detail: expect.stringContaining(String(bytes)),
      });
    }
  });
});

describe('a batch', () => {
  test('accepts the valid ones and reports by index what is wrong with the others', async () => {
    const large = installed('p', { pass: { id: 'p', fields: { text: 'x'.repeat(256 * 1024) } } });
    const events = [
      installed('b1'),
      { ...installed('b2'), pass: {} },
      1,
      large,
      installed('b3'),
      installed('b4', { templateId: 'x' }),
    ];
    const { status, body } = await tenant.call('POST', '/v1/events/batch', { events });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      accepted: 2,
      refused: 4,
      results: [
        { index: 0, status: 'accepted', duplicate: false },
        { index: 1, status: 'refused', code: 'invalid-input', errors: [{ pointer: '/events/1/pass/id' }] },
        { index: 2, status: 'refused', code: 'invalid-input', errors: [{ pointer: '/events/2' }] },
        { index: 3, status: 'refused', code: 'too-large', errors: [{ pointer: '/events/3' }] },
        { index: 4, status: 'accepted' },
        { index: 5, status: 'refused', code: 'unknown-template', errors: [{ pointer: '/events/5/templateId' }] },
      ],
    });
  });

  test('of a thousand is accepted', async () => {
    const events = Array.from({ length: 1000 }, (_, index) => installed(`many-${index}`));
    expect((await tenant.call('POST', '/v1/events/batch', { events })).body).toMatchObject({ accepted: 1000, refused: 0 });
  });

  test.each<[string, string, string]>([
    ['of more than a thousand', JSON.stringify({ events: Array.from({ length: 1001 }, () => 1) }), '/events'],
    ['of none', '{"events":[]}', '/events'],
    ['that is no list', '{"events":{}}', '/events'],
    ['without events', '{}', '/events'],
    ['with an unknown name', '{"events":[{}],"evens":[]}', '/evens'],
    ['with __proto__', '{"events":[{}],"__proto__":[]}', '/__proto__'],
    ['that is a list', '[]', ''],
  ])('%s is 422', async (_what, body, pointer) => {
    const { status, pointers, detail } = await refused('POST', '/v1/events/batch', body);
    expect(status, detail).toBe(422);
    expect(pointers).toContain(pointer);
  });
});
