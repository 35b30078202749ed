import { type FieldError, MAX_JSON_DEPTH, pointerTo } from './json.ts';
import { isCarried, numberProblem } from './json-number.ts';
import { endOfString } from './json-size.ts';

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const CAPITAL_E = 0x45;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SMALL_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Deeper members are refused for their depth; a batch has its events two levels down. */
const MAX_DEPTH = MAX_JSON_DEPTH + 3;
/** Errors reported for one element of a list below the root, and for everything else together. */
const MAX_ERRORS = 20;
/** 1,000 events of a batch with all their errors; another text with so many is refused whole anyway. */
const MAX_ALL_ERRORS = 20_000;
/** Up to so many names of an object, a list is faster than a set. */
const MAX_LISTED_NAMES = 12;
const STEP_CHARACTERS = 256 * 1024;

/** An object or list under way. One is reused by all of its depth: allocating them would cost as much as the search. */
class Level {
  isObject = false;
  /** The member of an object under way. */
  name = '';
  /** The element of a list under way. */
  index = 0;
  readonly #names: string[] = [];
  #many: Set<string> | undefined;

  begin(isObject: boolean): void {
    this.isObject = isObject;
    this.index = 0;
    this.#names.length = 0;
    this.#many = undefined;
  }

  /** Begins a member. False when the object has its name already. */
  addName(name: string): boolean {
    this.name = name;
    if (this.#many) {
      const before = this.#many.size;
      return this.#many.add(name).size > before;
    }
    if (this.#names.includes(name)) return false;
    this.#names.push(name);
    if (this.#names.length > MAX_LISTED_NAMES) this.#many = new Set(this.#names);
    return true;
  }
}

/**
 * Finds what `JSON.parse` loses in silence: the earlier of two members with one name, and numbers that a double cannot carry. A
 * generator, so that a long text can be read in steps between which other work is done: it yields every 256 Ki characters.
 *
 * @param text valid JSON: what `JSON.parse` accepted
 * @returns errors by JSON Pointer, at most 20 for each element of a list below the root (the events of a batch)
 */
export function* findLossy(text: string): Generator<undefined, FieldError[]> {
  const errors: FieldError[] = [];
  const levels = Array.from({ length: MAX_DEPTH }, () => new Level());
  let depth = 0;
  let level: Level | undefined;
  let isName = false;
  let inElement = 0;
  let pauseAt = STEP_CHARACTERS;
  const report = (detail: string) => {
    if (depth > MAX_DEPTH || inElement >= MAX_ERRORS) return;
    const open = levels.slice(0, depth);
    const pointer = open.reduce((at, { isObject, name, index }) => pointerTo(at, isObject ? name : index), '');
    if (errors.at(-1)?.pointer === pointer) return;
    inElement += 1;
    errors.push({ pointer, detail });
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at + 1);
      if (isName && level && !level.addName(nameOf(text, at + 1, end))) {
        report('is a member that this object has twice; send it once');
      }
      isName = false;
      at = end;
    } else if (code === COMMA && level) {
      isName = level.isObject;
      if (!isName) level.index += 1;
      if (!isName && depth === 2) inElement = 0;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      isName = code === OPEN_OBJECT;
      level = levels[depth];
      depth += 1;
      level?.begin(isName);
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      depth -= 1;
      level = levels[depth - 1];
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const end = endOfNumber(text, at + 1);
      const problem = isCarried(text, at, end) ? undefined : numberProblem(text.slice(at, end));
      if (problem) report(problem);
      at = end - 1;
    }
    if (errors.length >= MAX_ALL_ERRORS) break;
    if (at >= pauseAt) {
      pauseAt = at + STEP_CHARACTERS;
      yield;
    }
  }
  return errors;
}

/** The index after the last character of a number. */
function endOfNumber(text: string, from: number): number {
  let end = from;
  while (isOfNumber(text.charCodeAt(end))) end += 1;
  return end;
}

function isOfNumber(code: number): boolean {
  if (code >= ZERO && code <= NINE) return true;
  return code === POINT || code === SMALL_E || code === CAPITAL_E || code === MINUS || code === PLUS;
}

function nameOf(text: string, from: number, to: number): string {
  const name = text.slice(from, to);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}
