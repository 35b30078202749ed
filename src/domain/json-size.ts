const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;

const STEP_CHARACTERS = 256 * 1024;

/**
 * The most members and elements of a request's JSON: what `JSON.parse`, which cannot be interrupted, costs in the worst case is bounded
 * by their number, not by the length of the text.
 */
export const MAX_JSON_VALUES = 200_000;

/** True for a text that is too short to have more values than allowed: each takes two characters at least. */
export function isSmallJson(text: string): boolean {
  return text.length <= 2 * MAX_JSON_VALUES;
}

/**
 * Whether a text, valid JSON or not, has more values than allowed. A generator, so that a long text can be read in steps between which
 * other work is done: it yields every 256 Ki characters.
 */
export function* hasTooManyValues(text: string): Generator<undefined, boolean> {
  let values = 0;
  let pauseAt = STEP_CHARACTERS;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code === COMMA || code === OPEN_OBJECT || code === OPEN_LIST) values += 1;
    if (values > MAX_JSON_VALUES) return true;
    if (at >= pauseAt) {
      pauseAt = at + STEP_CHARACTERS;
      yield;
    }
  }
  return false;
}

/** The index of the quote that ends the text which begins at `from`; the length of the text when it does not end. */
export function endOfString(text: string, from: number): number {
  const end = text.indexOf('"', from);
  if (end === -1) return text.length;
  if (end === from || text.charCodeAt(end - 1) !== BACKSLASH) return end;
  // that quote may be escaped, and more may follow: one pass over the text, since a search for each costs far more
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
