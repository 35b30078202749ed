import fc from 'fast-check';

const LAST_BEFORE_SURROGATES = 0xd7ff;
const FIRST_AFTER_SURROGATES = 0xe000;
const LAST_CODE_POINT = 0x10ffff;

const character = fc
  .oneof(
    fc.integer({ min: 0, max: LAST_BEFORE_SURROGATES }),
    fc.integer({ min: FIRST_AFTER_SURROGATES, max: LAST_CODE_POINT }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/**
 * Any text of Unicode, control characters included. `fc.string({ unit: 'binary' })` gives the same texts, but builds a table of
 * every code point first: almost a second on a machine that does nothing else.
 */
export const anyString = fc.string({ unit: character });
