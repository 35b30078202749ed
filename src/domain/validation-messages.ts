import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

/** Describes a correct value, where a schema has no message of its own. Pass it to zod as `error`. */
export function validationMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = KINDS[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is required, as ${wanted}` : `must be ${wanted}`;
    }
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options) : undefined;
    case 'too_small':
      if (issue.inclusive === false) return `must be more than ${issue.minimum}`;
      return `must ${bound(issue.origin, 'least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'most', issue.maximum)}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return undefined;
  }
}

function oneOf(words: readonly unknown[]): string {
  return `must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`;
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint): string {
  const unit = origin === 'string' ? 'character' : 'item';
  const isCounted = origin === 'string' || origin === 'array' || origin === 'set';
  return isCounted ? `have at ${side} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}` : `be at ${side} ${limit}`;
}
