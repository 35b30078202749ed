import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFilter } from '../../../src/domain/check-filter.ts';
import { compileFilter, explainFilter, filteredEvent } from '../../../src/domain/evaluate-filter.ts';
import type { EventFacts } from '../../../src/domain/event.ts';
import type { Filter } from '../../../src/domain/filter.ts';
import { readFilter } from '../../../src/domain/read-filter.ts';
import { sampleEvent } from '../../../src/domain/sample-event.ts';
import { PASS_TRIGGERS, type PassTrigger } from '../../../src/domain/trigger.ts';
import { clock, makeTemplate } from '../../support/configuration.ts';

const template = makeTemplate({ fields: [{ key: 'points' }, { key: 'tier' }] });
const facts: EventFacts = {
  type: 'pass.updated',
  templateId: 'loyalty',
  occurredAt: '2026-03-01T12:00:00+01:00',
  pass: {
    id: 'p1',
    status: 'issued',
    expiresAt: '2026-12-31T00:00:00Z',
    fields: { points: 120, tier: 'gold', vip: true, note: null },
    genericProperties: { a: { b: [1] }, 'x/y': 'slash' },
  },
  changes: { status: 'active', fields: { points: 150 } },
};
const event = filteredEvent(facts);
const holds = (filter: Filter): boolean => compileFilter(filter)(event);

describe('a comparison', () => {
  test.each<[Filter, boolean]>([
    [{ path: '/pass/status', eq: 'active' }, true],
    [{ path: '/pass/status', eq: 'issued' }, false],
    [{ path: '/pass/fields/points', gt: 149 }, true],
    [{ path: '/pass/fields/points', gt: 150 }, false],
    [{ path: '/pass/fields/points', gte: 150 }, true],
    [{ path: '/pass/fields/points', lt: 150 }, false],
    [{ path: '/pass/fields/points', lte: 150 }, true],
    [{ path: '/pass/fields/points', eq: '150' }, false],
    [{ path: '/pass/fields/tier', in: ['silver', 'gold'] }, true],
    [{ path: '/pass/fields/tier', in: ['silver'] }, false],
    [{ path: '/pass/fields/tier', startsWith: 'go' }, true],
    [{ path: '/pass/fields/tier', startsWith: 'Go' }, false],
    [{ path: '/pass/fields/points', startsWith: '1' }, false],
    [{ path: '/pass/fields/vip', eq: true }, true],
    [{ path: '/pass/fields/tier', gt: 5 }, false],
    [{ path: '/pass/fields/note', exists: true }, false],
    [{ path: '/pass/fields/note', exists: false }, true],
    [{ path: '/pass/fields/nothing', exists: false }, true],
    [{ path: '/pass/fields', exists: true }, true],
    [{ path: '/pass/fields/constructor', exists: true }, false],
    [{ path: '/pass/genericProperties/x~1y', eq: 'slash' }, true],
    [{ path: '/pass/genericProperties/a/b/0', exists: true }, false],
    [{ path: '/occurredAt', eq: '2026-03-01T11:00:00Z' }, true],
    [{ path: '/occurredAt', gte: '2026-03-01T11:00:00.000Z' }, true],
    [{ path: '/occurredAt', lt: '2026-03-01T11:00:00Z' }, false],
    [{ path: '/pass/expiresAt', gt: '2026-12-30T23:00:00-02:00' }, false],
    [{ path: '/pass/expiresAt', lte: '2026-12-31T01:00:00+01:00' }, true],
    [{ path: '/changes/fields/points', exists: true }, true],
    [{ path: '/type', eq: 'pass.updated' }, true],
    [{ not: { path: '/device', exists: true } }, true],
    [
      {
        all: [
          { path: '/pass/id', eq: 'p1' },
          { path: '/pass/id', eq: 'p2' },
        ],
      },
      false,
    ],
    [
      {
        any: [
          { path: '/pass/id', eq: 'p1' },
          { path: '/pass/id', eq: 'p2' },
        ],
      },
      true,
    ],
  ])('%j is %s', (filter, expected) => {
    expect(holds(filter)).toBe(expected);
  });

  test('sees the pass with the changes of the event, which stays as it is', () => {
    expect(facts.pass.status).toBe('issued');
    expect(event.pass).toMatchObject({ status: 'active', fields: { points: 150, tier: 'gold' } });
  });
});

test.each<[Filter, string | undefined]>([
  [{ path: '/pass/status', eq: 'active' }, undefined],
  [{ path: '/pass/status', eq: 'issued' }, '/pass/status is "active", not "issued"'],
  [{ path: '/pass/nfc', exists: true }, '/pass/nfc is absent, and must be there'],
  [{ path: '/pass/id', exists: false }, '/pass/id is "p1", and must be absent'],
  [{ path: '/pass/fields/tier', in: ['a', 'b'] }, '/pass/fields/tier is "gold", which is not among ["a","b"]'],
  [{ path: '/pass/fields/points', gte: 200 }, '/pass/fields/points is 150, which is not 200 or more'],
  [
    {
      all: [
        { path: '/pass/id', eq: 'p1' },
        {
          any: [
            { path: '/pass/id', eq: 'a' },
            { path: '/pass/nfc', startsWith: 'b' },
          ],
        },
      ],
    },
    '/pass/id is "p1", not "a", and /pass/nfc is absent, which does not begin with "b"',
  ],
  [{ not: { path: '/pass/id', eq: 'p1' } }, 'the condition within not holds: {"path":"/pass/id","eq":"p1"}'],
])('%j is explained as %s', (filter, explanation) => {
  expect(explainFilter(filter, event)).toBe(explanation);
});

describe('a filter that is refused names what is wrong', () => {
  const condition = { path: '/pass/id', eq: 'x' };
  test.each<[unknown, string, RegExp]>([
    ['active', '/filter', /must be \{"all"/],
    [[], '/filter', /must be \{"all"/],
    [{}, '/filter/path', /JSON Pointer/],
    [{ path: '/pass/id' }, '/filter', /must have one of eq/],
    [{ path: 'pass.id', eq: 'x' }, '/filter/path', /JSON Pointer/],
    [{ path: '/a~2', eq: 'x' }, '/filter/path', /JSON Pointer/],
    [{ path: '/pass/id', equals: 'x' }, '/filter/equals', /not known in a filter/],
    [{ path: '/pass/id', startWith: 'x' }, '/filter/startWith', /did you mean startsWith/],
    [{ path: '/pass/id', eq: 'x', gt: 1 }, '/filter/gt', /must not stand beside eq/],
    [{ path: '/pass/id', eq: null }, '/filter/eq', /use "exists": false/],
    [{ path: '/pass/id', eq: {} }, '/filter/eq', /must be text, a number, true or false/],
    [{ path: '/pass/id', in: [] }, '/filter/in', /at least one value/],
    [{ path: '/pass/id', in: Array.from({ length: 101 }, () => 'x') }, '/filter/in', /at most 100/],
    [{ path: '/pass/id', exists: 'yes' }, '/filter/exists', /true or false/],
    [{ path: '/pass/id', gt: 'later' }, '/filter/gt', /a number, or an instant/],
    [{ path: '/pass/id', startsWith: '' }, '/filter/startsWith', /must be text/],
    [{ path: '/pass/id', eq: 'x'.repeat(513) }, '/filter/eq', /at most 512 characters/],
    [{ all: [] }, '/filter/all', /at least one condition/],
    [{ all: condition }, '/filter/all', /must be a list/],
    [{ all: [condition], any: [condition] }, '/filter/any', /must not stand beside all/],
    [{ all: [condition, { not: { path: '/pass/id', eq: [] } }] }, '/filter/all/1/not/eq', /must be text, a number/],
    [{ not: { not: { not: { not: { not: condition } } } } }, '/filter/not/not/not/not/not', /at most 5 levels/],
    [{ any: Array.from({ length: 60 }, () => condition) }, '/filter', /at most 50 conditions/],
  ])('%j', (filter, pointer, detail) => {
    const read = readFilter(filter, '/filter');
    expect(read).toMatchObject({ ok: false });
    if (!read.ok) expect(read.errors[0]).toEqual({ pointer, detail: expect.stringMatching(detail) });
  });
});

describe('held against the event and the template', () => {
  const checked = (filter: Filter, trigger: PassTrigger = 'pass.updated', of = template as typeof template | undefined) =>
    checkFilter(filter, { trigger, template: of }, '/filter');

  test.each<[Filter, PassTrigger, string, RegExp]>([
    [
      { path: '/pass/statu', eq: 'x' },
      'pass.updated',
      '/filter/path',
      /\/pass of pass\.updated has no statu; did you mean status\?/,
    ],
    [{ path: '/scan/type', eq: 'nfc' }, 'pass.updated', '/filter/path', /the event of pass\.updated has no scan/],
    [{ path: '/pass/id/x', eq: 'x' }, 'pass.updated', '/filter/path', /\/pass\/id has no members/],
    [
      { path: '/pass/status', eq: 'gone' },
      'pass.updated',
      '/filter/eq',
      /"gone" cannot occur; the values are issued, active/,
    ],
    [{ path: '/pass/status', in: ['active', 'gone'] }, 'pass.updated', '/filter/in', /"gone" cannot occur/],
    [{ path: '/pass/id', eq: 5 }, 'pass.updated', '/filter/eq', /must be text, as the member is/],
    [{ path: '/registrations/active', gt: '2026-03-01T12:00:00Z' }, 'pass.installed', '/filter/gt', /must be a number/],
    [{ path: '/pass', eq: 'x' }, 'pass.updated', '/filter/eq', /names an object; only exists/],
    [
      { path: '/pass/fields/pionts', gt: 5 },
      'pass.updated',
      '/filter/path',
      /not a field of the template; did you mean points\?/,
    ],
    [{ any: [{ not: { path: '/nothing', exists: true } }] }, 'pass.updated', '/filter/any/0/not/path', /has no nothing/],
  ])('%j is refused for %s', (filter, trigger, pointer, detail) => {
    expect(checked(filter, trigger).errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  test.each<[Filter, PassTrigger]>([
    [{ path: '/pass/fields/points', gt: 5 }, 'pass.updated'],
    [{ path: '/pass/genericProperties/anything/at/all', eq: 'x' }, 'pass.updated'],
    [{ path: '/scan/type', eq: 'nfc' }, 'pass.scanned'],
    [{ path: '/type', eq: 'pass.first_installed' }, 'pass.first_installed'],
    [{ path: '/registrations/active', gte: 1 }, 'pass.first_installed'],
    [{ path: '/first', eq: true }, 'pass.installed'],
    [{ path: '/pass/expiresAt', gt: '2026-03-01T12:00:00Z' }, 'pass.updated'],
    [{ path: '/changes/fields/points', exists: true }, 'pass.updated'],
  ])('%j is accepted for %s', (filter, trigger) => {
    expect(checked(filter, trigger)).toMatchObject({ errors: [], warnings: [] });
  });

  test('a field is not checked without a template, and a warning says so', () => {
    const { errors, warnings } = checkFilter(
      { path: '/pass/fields/x', eq: 1 },
      { trigger: 'pass.updated', template: undefined },
      '/filter',
    );
    expect([errors, warnings]).toEqual([
      [],
      [{ pointer: '/filter/path', detail: expect.stringContaining('all templates') }],
    ]);
  });

  test.each(PASS_TRIGGERS)('every member of a sample of %s is known', (trigger) => {
    const sample = filteredEvent(sampleEvent(template, trigger, clock()).facts);
    for (const path of pathsOf(sample, '')) expect(checked({ path, exists: true }, trigger).errors).toEqual([]);
  });
});

function pathsOf(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : pathsOf(member, `${at}/${name}`)));
}

const comparison = fc.oneof(
  fc.record({ path: fc.constantFrom('/pass/id', '/pass/status', '/pass/nfc'), eq: fc.constantFrom('p1', 'active', 'x') }),
  fc.record({ path: fc.constantFrom('/pass/fields/points', '/pass/nfc'), gt: fc.integer({ min: 100, max: 200 }) }),
  fc.record({ path: fc.constantFrom('/pass/id', '/device'), exists: fc.boolean() }),
);
const anyFilter = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison as fc.Arbitrary<Filter>,
    fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
})).filter;

test('filters obey the laws of logic, and are explained exactly when they keep an event out', () => {
  fc.assert(
    fc.property(anyFilter, anyFilter, (a, b) => {
      expect(holds({ not: a })).toBe(!holds(a));
      expect(holds({ not: { all: [a, b] } })).toBe(holds({ any: [{ not: a }, { not: b }] }));
      expect(holds({ all: [a, b] })).toBe(holds(a) && holds(b));
      expect(explainFilter(a, event) === undefined).toBe(holds(a));
    }),
  );
});
