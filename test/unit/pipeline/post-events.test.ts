import { describe, expect, test, vi } from 'vitest';
import { notFound } from '../../../src/domain/errors.ts';
import { newId, type TenantId } from '../../../src/domain/id.ts';
import { readPostedEvent } from '../../../src/domain/read-posted-event.ts';
import { type PostDeps, type PostedValue, postEvent, postEvents } from '../../../src/pipeline/post-events.ts';
import { tenantId } from '../../support/configuration.ts';

const event = { type: 'pass.created', templateId: 't', occurredAt: '2026-01-01T00:00:00Z', pass: { id: 'p' } };
const of = (size: number) => ({ ...event, pass: { id: 'p', fields: { text: 'x'.repeat(size) } } });

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('reading an event', () => {
  test('its text is compact and in the order of names', () => {
    const value = JSON.parse(
      ' { "pass" : {"id":"p"}, "type":"pass.created", "occurredAt":"2026-01-01T00:00:00Z","templateId":"t" } ',
    );
    expect(readPostedEvent(value)).toMatchObject({
      kind: 'event',
      text: '{"pass":{"id":"p"},"type":"pass.created","occurredAt":"2026-01-01T00:00:00Z","templateId":"t"}',
    });
  });

  test('256 KiB are accepted, one byte more is refused', () => {
    const limit = 256 * 1024;
    const rest = JSON.stringify(of(0)).length;
    expect(readPostedEvent(of(limit - rest)).kind).toBe('event');
    expect(readPostedEvent(of(limit - rest + 1))).toMatchObject({ kind: 'too-large', error: { pointer: '' } });
    expect(readPostedEvent(of((limit - rest) / 2).pass.fields).kind).toBe('invalid');
  });

  test('depth that would exhaust the stack is refused like any other', () => {
    const value = { ...event, pass: { id: 'p', genericProperties: nested(200_000) } };
    expect(readPostedEvent(value)).toMatchObject({
      kind: 'invalid',
      errors: [{ detail: expect.stringContaining('nested') }],
    });
  });

  test.each([
    ['pass.instaled', 'did you mean pass.installed?'],
    ['wallet', 'the triggers are pass.created'],
    ['pass.first_installed', 'cannot be posted'],
  ])('a trigger %s is refused: %s', (type, detail) => {
    const errors = [{ pointer: '/events/3/type', detail: expect.stringContaining(detail) }];
    expect(readPostedEvent({ ...event, type }, '/events/3')).toEqual({ kind: 'invalid', errors });
  });

  test.each([null, 1, 'text', [], undefined])('%j is no event', (value) => {
    expect(readPostedEvent(value).kind).toBe('invalid');
  });

  test('reports at most twenty errors', () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, {}]));
    const read = readPostedEvent({ ...event, pass: { id: 'p', fields } });
    expect(read.kind === 'invalid' && read.errors.length).toBe(20);
  });
});

const valuesOf = (values: readonly unknown[], tenant: TenantId = tenantId): PostedValue[] =>
  values.map((value) => ({ value, tenant }));

describe('posting', () => {
  test('the valid ones are ingested, in order; the others get their errors', async () => {
    const ids = [newId('event', 1), newId('event', 2)];
    const refusal = {
      kind: 'refused',
      code: 'unknown-template',
      errors: [{ pointer: '/templateId', detail: 'no' }],
    } as const;
    const ingest = vi.fn<PostDeps['ingest']['ingest']>(async () => [
      { kind: 'accepted', id: ids[0] ?? newId('event', 0), duplicate: false, deliveries: 1 },
      refusal,
      { kind: 'accepted', id: ids[1] ?? newId('event', 0), duplicate: true, deliveries: undefined },
    ]);
    const results = await postEvents(
      { ingest: { ingest } },
      valuesOf([event, { type: 'x' }, event, of(300_000), event]),
      '/events',
    );
    expect(ingest.mock.calls[0]?.[1]).toHaveLength(3);
    expect(results).toMatchObject([
      { kind: 'accepted', id: ids[0], duplicate: false, deliveries: 1 },
      { kind: 'refused', code: 'invalid-input', errors: [{ pointer: '/events/1/type' }] },
      { kind: 'refused', code: 'unknown-template', errors: [{ pointer: '/events/2/templateId' }] },
      { kind: 'refused', code: 'too-large', errors: [{ pointer: '/events/3' }] },
      { kind: 'accepted', id: ids[1], duplicate: true, deliveries: undefined },
    ]);
  });

  test('the events of several tenants go in by tenant, and one that does not exist costs only its own', async () => {
    const [other, unknown] = [newId('tenant', 2), newId('tenant', 3)];
    const refused = { kind: 'refused', code: 'tenant-required', errors: [{ pointer: '/tenantId', detail: 'no' }] } as const;
    const ingest = vi.fn<PostDeps['ingest']['ingest']>(async (tenant, items) => {
      if (tenant === unknown) throw notFound('tenant');
      return items.map(() => ({ kind: 'accepted', id: newId('event', 1), duplicate: false, deliveries: 0 }));
    });
    const values = [
      ...valuesOf([event]),
      ...valuesOf([event], other),
      ...valuesOf([event, {}], unknown),
      { value: event, tenant: refused },
      ...valuesOf([event]),
    ];
    expect(await postEvents({ ingest: { ingest } }, values, '/events')).toMatchObject([
      { kind: 'accepted' },
      { kind: 'accepted' },
      { code: 'not-found', errors: [{ pointer: '/events/2/tenantId' }] },
      { code: 'invalid-input' },
      { code: 'tenant-required', errors: [{ pointer: '/events/4/tenantId' }] },
      { kind: 'accepted' },
    ]);
    expect(ingest.mock.calls.map(([tenant, items]) => [tenant, items.length])).toEqual([
      [tenantId, 2],
      [other, 1],
      [unknown, 1],
    ]);
  });

  test('without a valid event nothing is ingested', async () => {
    const ingest = vi.fn<PostDeps['ingest']['ingest']>();
    expect(await postEvents({ ingest: { ingest } }, valuesOf([{}]), '/events')).toMatchObject([{ kind: 'refused' }]);
    expect(await postEvent({ ingest: { ingest } }, tenantId, {})).toMatchObject({ kind: 'refused' });
    expect(ingest).not.toHaveBeenCalled();
  });
});

describe('a batch built to be slow', () => {
  const many = (value: unknown, name = 'deviice') =>
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${name}${index}`, value]));
  const deps: PostDeps = { ingest: { ingest: async () => [] } };

  test.each<[string, object]>([
    ['unknown names', { ...event, ...many(1) }],
    ['unknown names of the pass', { ...event, pass: { id: 'p', ...many(1, 'barcodd') } }],
    ['wrong values of fields', { ...event, pass: { id: 'p', fields: many({}) } }],
    ['wrong values in changes', { ...event, type: 'pass.updated', changes: { fields: many([]) } }],
    ['names with NUL', { ...event, pass: { id: 'p', fields: many(1, 'a\0') } }],
    ['long unknown triggers', { ...event, type: `pass.installd${'x'.repeat(8000)}` }],
  ])('of %s costs little, and other requests are served meanwhile', async (_what, slow) => {
    let turns = 0;
    const other = setInterval(() => {
      turns += 1;
    }, 1);
    const before = process.cpuUsage();
    const results = await postEvents(deps, valuesOf(Array(1000).fill(slow)), '/events');
    const spent = process.cpuUsage(before);
    clearInterval(other);
    const errors = results.map((result) => (result.kind === 'refused' ? result.errors : []));
    expect(errors.every(({ length }) => length > 0 && length <= 20)).toBe(true);
    const suggested = errors.flat().filter(({ detail }) => detail.includes('did you mean'));
    expect(suggested.length).toBeLessThanOrEqual(10);
    // seconds on a busy machine; before, one such batch took minutes
    expect((spent.user + spent.system) / 1e6).toBeLessThan(10);
    if (spent.user > 100_000) expect(turns).toBeGreaterThan(0);
  });
});
