import { expect, test } from 'vitest';
import { z } from 'zod';
import { check } from '../../../src/domain/schema.ts';

const schema = z.strictObject({
  kind: z.enum(['apple', 'google']),
  count: z.int().optional(),
  list: z.array(z.strictObject({ 'a/b': z.string() })).optional(),
  either: z.union([z.string(), z.number()]).optional(),
});

function errorsOf(value: unknown, at?: string) {
  const checked = check(schema, value, at === undefined ? {} : { at });
  return checked.ok ? [] : checked.errors;
}

test('returns the parsed value', () => {
  expect(check(schema, { kind: 'apple' })).toEqual({ ok: true, value: { kind: 'apple' } });
});

test('points at what is wrong, from where the value stands', () => {
  expect(errorsOf({ kind: 'apple', list: [{ 'a/b': 1 }] }, '/events/2')).toMatchObject([
    { pointer: '/events/2/list/0/a~1b' },
  ]);
  expect(errorsOf(5)).toMatchObject([{ pointer: '' }]);
});

test('names each unknown name', () => {
  expect(errorsOf({ kind: 'apple', colour: 1, 'x/y': 2 })).toEqual([
    { pointer: '/colour', detail: 'is not a known name here' },
    { pointer: '/x~1y', detail: 'is not a known name here' },
  ]);
});

test('suggests the word that was meant', () => {
  expect(errorsOf({ kind: 'gogle' })[0]?.detail).toContain('did you mean google?');
  expect(errorsOf({ kind: 'something else entirely' })[0]?.detail).not.toContain('did you mean');
  expect(errorsOf({ kind: 7 })[0]?.detail).not.toContain('did you mean');
});

test('suggests the type that was meant', () => {
  const shape = z.discriminatedUnion('type', [
    z.object({ type: z.literal('pass.created') }),
    z.object({ type: z.literal('x') }),
  ]);
  const checked = check(shape, { type: 'pass.craeted' });
  expect(checked).toMatchObject({ ok: false, errors: [{ pointer: '/type' }] });
  expect(JSON.stringify(checked)).toContain('did you mean pass.created?');
  expect(check(shape, undefined).ok).toBe(false);
  expect(check(shape, {}).ok).toBe(false);
});

test('names everything that a union accepts', () => {
  expect(errorsOf({ kind: 'apple', either: true })).toMatchObject([
    { pointer: '/either', detail: 'must be text, or must be a number' },
  ]);
});

test('errors beyond the limit are left out, and only the first ten get a suggestion', () => {
  const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`kin${index}`, 1]));
  const namesAt = () => ['kind'];
  const errorsUpTo = (limit?: number) => {
    const checked = check(schema, { kind: 'apple', ...unknown }, { namesAt, ...(limit && { limit }) });
    return checked.ok ? [] : checked.errors;
  };
  expect(errorsUpTo(20)).toHaveLength(20);
  expect(errorsUpTo()).toHaveLength(100);
  expect(errorsUpTo().filter(({ detail }) => detail.includes('did you mean'))).toHaveLength(10);
  const lists = Array.from({ length: 500 }, () => 'gogle');
  const checked = check(z.array(z.enum(['google'])), lists);
  expect(checked.ok ? [] : checked.errors.filter(({ detail }) => detail.includes('did you mean'))).toHaveLength(10);
});
