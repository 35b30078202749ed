import type { EventFacts } from './event.ts';
import { type Comparison, comparisonOf, type Filter, type Operand } from './filter.ts';
import { instantSchema } from './instant.ts';
import { isObject } from './json.ts';
import { passAfter } from './pass.ts';
import { tokensOf } from './pointer.ts';

/** Decides about one event. */
export type CompiledFilter = (event: FilteredEvent) => boolean;

/** An event as filters see it: its pass has what the event changed. Made once for all subscriptions that an event matches. */
export type FilteredEvent = Readonly<Record<string, unknown>>;

export function filteredEvent(facts: EventFacts): FilteredEvent {
  return { ...facts, pass: passAfter(facts) };
}

/** Compiles a filter, which is called for every event that matches its subscription. */
export function compileFilter(filter: Filter): CompiledFilter {
  if ('all' in filter) {
    const all = filter.all.map(compileFilter);
    return (event) => all.every((holds) => holds(event));
  }
  if ('any' in filter) {
    const any = filter.any.map(compileFilter);
    return (event) => any.some((holds) => holds(event));
  }
  if ('not' in filter) {
    const holds = compileFilter(filter.not);
    return (event) => !holds(event);
  }
  const tokens = tokensOf(filter.path);
  const test = testOf(filter);
  return (event) => test(memberAt(event, tokens));
}

/** The member, undefined when it is absent or null. Elements of lists have no paths. */
function memberAt(event: FilteredEvent, tokens: readonly string[]): unknown {
  let at: unknown = event;
  for (const token of tokens) {
    if (!isObject(at) || !Object.hasOwn(at, token)) return undefined;
    at = at[token];
  }
  return at ?? undefined;
}

function testOf(condition: Comparison): (member: unknown) => boolean {
  const { name, operand } = comparisonOf(condition);
  switch (name) {
    case 'exists':
      return (member) => (member !== undefined) === operand;
    case 'eq':
      return equals(operand as Operand);
    case 'in': {
      const tests = (operand as readonly Operand[]).map(equals);
      return (member) => tests.some((test) => test(member));
    }
    case 'startsWith':
      return (member) => typeof member === 'string' && member.startsWith(operand as string);
    default: {
      const limit = magnitude(operand);
      return (member) => compares(name, magnitudeLike(member, operand), limit);
    }
  }
}

/** Two instants are equal when they are the same moment, however they are written; otherwise values of one type are compared. */
function equals(operand: Operand): (member: unknown) => boolean {
  const moment = typeof operand === 'string' ? momentOf(operand) : undefined;
  if (moment === undefined) return (member) => member === operand;
  return (member) => member === operand || (typeof member === 'string' && momentOf(member) === moment);
}

function compares(name: 'gt' | 'gte' | 'lt' | 'lte', member: number | undefined, limit: number | undefined): boolean {
  if (member === undefined || limit === undefined) return false;
  if (name === 'gt') return member > limit;
  if (name === 'gte') return member >= limit;
  return name === 'lt' ? member < limit : member <= limit;
}

/** A number is compared with a number, an instant with an instant; anything else is neither more nor less. */
function magnitudeLike(member: unknown, operand: unknown): number | undefined {
  return typeof member === typeof operand ? magnitude(member) : undefined;
}

function magnitude(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? momentOf(value) : undefined;
}

const LOOKS_LIKE_INSTANT = /^\d{4}-\d\d-\d\dT/;

/** Unix ms of an instant with an offset; undefined for other texts. */
function momentOf(text: string): number | undefined {
  if (!LOOKS_LIKE_INSTANT.test(text) || !instantSchema.safeParse(text).success) return undefined;
  return Date.parse(text);
}

/**
 * Why an event does not pass a filter, in words that name the first condition that fails: `/pass/status is "issued", not "active"`.
 * Undefined when it passes.
 */
export function explainFilter(filter: Filter, event: FilteredEvent): string | undefined {
  if (compileFilter(filter)(event)) return undefined;
  if ('all' in filter) {
    const failing = filter.all.find((condition) => !compileFilter(condition)(event));
    return failing && explainFilter(failing, event);
  }
  if ('any' in filter) return filter.any.map((condition) => explainFilter(condition, event)).join(', and ');
  if ('not' in filter) return `the condition within not holds: ${JSON.stringify(filter.not)}`;
  const member = memberAt(event, tokensOf(filter.path));
  const shown = member === undefined ? 'absent' : JSON.stringify(member);
  return `${filter.path} is ${shown}, ${EXPECTED[comparisonOf(filter).name](JSON.stringify(comparisonOf(filter).operand))}`;
}

const EXPECTED = {
  eq: (operand: string) => `not ${operand}`,
  in: (operand: string) => `which is not among ${operand}`,
  exists: (operand: string) => (operand === 'true' ? 'and must be there' : 'and must be absent'),
  gt: (operand: string) => `which is not more than ${operand}`,
  gte: (operand: string) => `which is not ${operand} or more`,
  lt: (operand: string) => `which is not less than ${operand}`,
  lte: (operand: string) => `which is not ${operand} or less`,
  startsWith: (operand: string) => `which does not begin with ${operand}`,
};
