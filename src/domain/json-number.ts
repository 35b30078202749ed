const DIGIT_0 = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const SMALL_E = 0x65;
const CAPITAL_E = 0x45;
/** A double carries every decimal of so many significant digits. */
const SAFE_DIGITS = 15;

/** No double has so many digits; a longer literal is not looked at, since that would cost as much as it is long. */
const MAX_LITERAL = 1100;

/** True for a number that a double certainly carries: short, without exponent, and no negative zero. */
export function isCarried(text: string, from: number, to: number): boolean {
  if (to - from > SAFE_DIGITS) return false;
  let isZero = true;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === SMALL_E || code === CAPITAL_E) return false;
    if (code !== DIGIT_0 && code !== POINT && code !== MINUS) isZero = false;
  }
  return !(isZero && text.charCodeAt(from) === MINUS);
}

/**
 * Why a number of a JSON text cannot be delivered as it was sent; undefined when it can. The measure is the decimal value: what is
 * sent on is `String(Number(literal))`. An integer that is written in digits and is beyond 2^53 is refused even where it happens to
 * be a double, because it is an id or a count that another program has rounded, or will round.
 */
export function numberProblem(literal: string): string | undefined {
  if (literal.length > MAX_LITERAL) return 'is a number of too many digits to carry; send it as text';
  const value = Number(literal);
  const isInteger = !/[.eE]/.test(literal);
  if (isInteger && !Number.isSafeInteger(value))
    return 'is an integer beyond 2^53, which JSON parsers round; send it as text';
  if (!Number.isFinite(value)) return 'is a number too large to carry; send it as text';
  if (Object.is(value, -0)) return 'is a negative zero or would become one, which JSON does not keep; send it as text';
  const carried = String(value);
  if (carried === literal || isSameDecimal(carried, literal)) return undefined;
  return `is a number that would become ${carried}; send it as text`;
}

function isSameDecimal(one: string, other: string): boolean {
  const [a, b] = [decimalOf(one), decimalOf(other)];
  return a.digits === b.digits && a.isNegative === b.isNegative && (a.digits === '' || a.exponent === b.exponent);
}

interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  /** Of ten, for the last digit. */
  readonly exponent: number;
}

/** Loops instead of expressions such as /0+$/, which take quadratic time on long runs of zeros. */
function decimalOf(literal: string): Decimal {
  const [mantissa = '', power = '0'] = literal.split(/[eE]/);
  const isNegative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = (isNegative ? mantissa.slice(1) : mantissa).split('.');
  const all = whole + fraction;
  let from = 0;
  let to = all.length;
  while (from < to && all[from] === '0') from += 1;
  while (to > from && all[to - 1] === '0') to -= 1;
  return { isNegative, digits: all.slice(from, to), exponent: Number(power) - fraction.length + (all.length - to) };
}
