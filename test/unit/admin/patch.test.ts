import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { patched, patchOf } from '../../../src/admin/patch.ts';

const schema = z.strictObject({
  name: z.string(),
  note: z.string().optional(),
  parent: z.string().nullable().default(null),
  list: z.array(z.string()).default([]),
  options: z.strictObject({ a: z.boolean().default(true) }).prefault({}),
});
const patch = patchOf(schema);
const current = { name: 'a', note: 'n', parent: 'p', list: ['x'], options: { a: false } };

describe('a patch', () => {
  test('changes what it names; no default creeps in', () => {
    expect(patch.parse({})).toEqual({});
    expect(patched(schema, current, patch.parse({}))).toEqual(current);
    expect(patched(schema, current, patch.parse({ name: 'b' }))).toEqual({ ...current, name: 'b' });
    expect(patched(schema, current, patch.parse({ list: [] }))).toEqual({ ...current, list: [] });
  });

  test('null clears what may be absent, and is a value where null is one', () => {
    const { note: _note, ...without } = current;
    expect(patched(schema, current, patch.parse({ note: null }))).toEqual(without);
    expect(patched(schema, current, patch.parse({ parent: null }))).toEqual({ ...current, parent: null });
    expect(patch.safeParse({ name: null }).success).toBe(false);
    expect(patch.safeParse({ list: null }).success).toBe(false);
  });

  test('a member is replaced whole, its own defaults filled in', () => {
    expect(patched(schema, current, patch.parse({ options: {} })).options).toEqual({ a: true });
  });

  test('leaves out of the current thing what is no member', () => {
    expect(patched(schema, { ...current, id: 'x' } as typeof current, {})).toEqual(current);
  });

  test('refuses unknown names', () => {
    expect(patch.safeParse({ nmae: 'b' }).success).toBe(false);
  });
});
