import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldError } from '../../../src/domain/json.ts';
import { findLossy } from '../../../src/domain/lossy-json.ts';

function search(text: string): { readonly errors: readonly FieldError[]; readonly pauses: number } {
  JSON.parse(text);
  const steps = findLossy(text);
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done) return { errors: step.value, pauses };
  }
}

const pointersIn = (text: string) => search(text).errors.map(({ pointer }) => pointer);

describe('a name that an object has twice', () => {
  test.each([
    ['{"a":1,"a":1}', ['/a']],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', []],
    ['{"a":{"b":[0,{"c":1,"d":2,"c":3}]}}', ['/a/b/1/c']],
    ['{"a":1,"\\u0061":2}', ['/a']],
    ['{"a\\"":1,"a\\\\":2,"a":3,"a\\"":4}', ['/a"']],
    ['{"a/b~":1,"a/b~":2}', ['/a~1b~0']],
    ['{"":1,"":2}', ['/']],
    ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
    ['{"a":1,"a":2,"a":3,"b":4,"b":5}', ['/a', '/b']],
    ['{"a":"a","b":"a","c":["a","a"]}', []],
    ['{ "a" : 1 , "a" : 2 }', ['/a']],
    ['{"a":{},"a":{}}', ['/a']],
    ['{"a":"{\\"b\\":1,\\"b\\":2}"}', []],
    ['[[{"a":1,"a":2}]]', ['/0/0/a']],
    ['"a"', []],
  ])('%s is reported at %j', (text, pointers) => {
    expect(pointersIn(text)).toEqual(pointers);
  });

  test('is found among many', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `"n${index}":1`);
    expect(pointersIn(`{${names.join()},"n7":2}`)).toEqual(['/n7']);
  });
});

describe('a number', () => {
  test.each([
    '0',
    '7',
    '-7',
    '1.0',
    '1.50',
    '0.1',
    '1e3',
    '1E5',
    '1e+21',
    '1e21',
    '-1e21',
    '1.5e300',
    '9007199254740991',
    '5e-324',
  ])('%s is carried', (literal) => expect(pointersIn(`{"a":${literal}}`)).toEqual([]));
  test.each([
    '1.7976931348623157e308',
    '0e5',
    '0.000',
    `1.${'0'.repeat(400)}`,
    `${'1'.repeat(15)}.0`,
    '123456789.123456',
    '1e20',
  ])('%s is carried, judged by its value', (literal) => expect(pointersIn(`[${literal}]`)).toEqual([]));

  test.each([
    ['123456789012.123456789', 'would become 123456789012.12346; send it as text'],
    ['0.12345678901234567890', 'would become 0.12345678901234568; send it as text'],
    ['1e-400', 'would become 0; send it as text'],
    ['9007199254740993.0', 'would become 9007199254740992; send it as text'],
    ['9007199254740992', 'beyond 2^53'],
    ['-9007199254740993', 'beyond 2^53'],
    ['90071992547409930', 'beyond 2^53'],
    ['1e400', 'too large to carry'],
    ['-0', 'negative zero'],
    ['-0.0', 'negative zero'],
    ['-0e5', 'negative zero'],
    ['-1e-400', 'negative zero'],
    [`0.${'0'.repeat(400)}1`, 'would become 0'],
  ])('%s is not', (literal, detail) => {
    const { errors } = search(`{"a":[${literal}]}`);
    expect(errors).toEqual([{ pointer: '/a/0', detail: expect.stringContaining(detail) }]);
  });

  test('inside a text or a name is ignored', () => {
    expect(pointersIn('{"-0":"1e400","a":"-0"}')).toEqual([]);
  });

  test('is judged like its value compared exactly', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: -30, max: 30 }))
      .map(([digits, power]) => ({ digits, power }));
    fc.assert(
      fc.property(decimal, ({ digits, power }) => {
        const carried = exactly(String(Number(`${digits}e${power}`)));
        const isSame = sameValue(carried, { digits, power });
        expect(pointersIn(`[${digits}e${power}]`)).toEqual(isSame ? [] : ['/0']);
      }),
    );
  });
});

interface Decimal {
  readonly digits: bigint;
  readonly power: number;
}

function exactly(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), power: Number(power) - fraction.length };
}

function sameValue(a: Decimal, b: Decimal): boolean {
  const least = Math.min(a.power, b.power);
  return a.digits * 10n ** BigInt(a.power - least) === b.digits * 10n ** BigInt(b.power - least);
}

/** What `JSON.stringify` would write in digits, and is refused. */
function isNoLargeInteger(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21;
}

describe('the search', () => {
  test('finds nothing in what JSON.stringify writes', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isNoLargeInteger);
    const { sent } = fc.letrec<{ sent: unknown }>((tie) => ({
      sent: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(number, fc.string({ unit: 'binary' }), fc.constant(null), fc.boolean()),
        fc.array(tie('sent')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('sent')),
      ),
    }));
    fc.assert(
      fc.property(sent, (value) => {
        expect(pointersIn(JSON.stringify(value))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('reports 20 errors of each element, so that one event of a batch does not hide the next', () => {
    const bad = `{"list":[${Array.from({ length: 30 }, () => '-0').join()}]}`;
    const errors = pointersIn(`{"events":[${bad},${bad}],"more":1,"more":2}`);
    expect(errors.filter((pointer) => pointer.startsWith('/events/0/'))).toHaveLength(20);
    expect(errors.filter((pointer) => pointer.startsWith('/events/1/'))).toHaveLength(20);
  });

  test('pauses, and takes linear time, whatever the text is', () => {
    const length = 1024 * 1024;
    const texts = [
      `[1.${'0'.repeat(length)}1]`,
      `["${'\\\\'.repeat(length / 2)}"]`,
      `["${'\\"'.repeat(length / 2)}"]`,
      `${'['.repeat(length / 2)}${']'.repeat(length / 2)}`,
      `{${Array.from({ length: length / 16 }, (_, index) => `"name${index}":1`).join()}}`,
    ];
    for (const text of texts) {
      const before = process.cpuUsage();
      search(text);
      expect(process.cpuUsage(before).user / 1000, text.slice(0, 20)).toBeLessThan(2000);
    }
    expect(search(`[${'1,'.repeat(length / 2)}1]`).pauses).toBeGreaterThan(2);
  });
});

test('a number of more than 1,100 characters is refused, whatever its value', () => {
  const one = (length: number) => `[1.${'0'.repeat(length - 2)}]`;
  expect(pointersIn(one(1100))).toEqual([]);
  expect(pointersIn(one(1101))).toEqual(['/0']);
});
