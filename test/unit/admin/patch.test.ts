import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { patched, patchOf } from '../../../src/admin/patch.ts';

const schema = z.strictObject({
  name: z.string(),
  note: z.string().optional(),
  parent: z.string().nullable().default(null),
  list: z.array(z.string()).default([]),
  map: z.record(z.string(), z.string()).default({}),
  options: z
    .strictObject({
      a: z.boolean().default(true),
      b: z.boolean().default(true),
      c: z.int().optional(),
      inner: z.strictObject({ x: z.int().optional(), y: z.int().optional() }).optional(),
    })
    .refine(({ a, b }) => a || b, { error: 'must have a or b' })
    .prefault({}),
  old: z.strictObject({ gone: z.never({ error: 'was replaced by kept' }).optional() }).default({}),
});
const patch = patchOf(schema);
const current = {
  name: 'a',
  note: 'n',
  parent: 'p',
  list: ['x'],
  map: { k: 'v' },
  options: { a: false, b: true, c: 3, inner: { x: 1, y: 2 } },
  old: {},
};
const change = (sent: object) => patched(schema, current, patch.parse(sent));

describe('a patch', () => {
  test('changes what it names; no default creeps in', () => {
    expect(patch.parse({})).toEqual({});
    expect(change({})).toEqual(current);
    expect(change({ name: 'b' })).toEqual({ ...current, name: 'b' });
  });

  test('merges the members of an object', () => {
    expect(change({ options: {} })).toEqual(current);
    expect(change({ options: { c: 4 } }).options).toEqual({ ...current.options, c: 4 });
    expect(change({ options: { a: true, b: false } }).options).toEqual({ ...current.options, a: true, b: false });
  });

  test('replaces lists, maps, and what is deeper, as a whole', () => {
    expect(change({ list: [] })).toEqual({ ...current, list: [] });
    expect(change({ map: { other: 'w' } }).map).toEqual({ other: 'w' });
    expect(change({ options: { inner: { y: 3 } } }).options.inner).toEqual({ y: 3 });
  });

  test('restores a default by null, in an object too', () => {
    const { note: _note, ...without } = current;
    expect(change({ note: null })).toEqual(without);
    expect(change({ parent: null, list: null, map: null })).toEqual({ ...current, parent: null, list: [], map: {} });
    expect(change({ options: null }).options).toEqual({ a: true, b: true });
    expect(change({ options: { a: null, c: null, inner: null } }).options).toEqual({ a: true, b: true });
    expect(patch.safeParse({ name: null }).success).toBe(false);
  });

  test('is refused when the whole would be wrong', () => {
    expect(() => change({ options: { b: false } })).toThrow(
      expect.objectContaining({ fields: [{ pointer: '/options', detail: 'must have a or b' }] }),
    );
  });

  test('leaves out of the current row what is no member', () => {
    expect(patched(schema, { ...current, id: 'x' } as typeof current, {})).toEqual(current);
  });

  test.each([{ nmae: 'b' }, { options: { d: 1 } }, { old: { gone: 1 } }, { old: { gone: null } }])('refuses %j', (sent) => {
    expect(patch.safeParse(sent).success).toBe(false);
  });
});
