import type { FieldError } from './json.ts';

/**
 * A request that cannot be fulfilled, for a reason the caller can understand. Only `api/problem.ts` turns it into HTTP.
 *
 * - `invalid`: the input is wrong; `fields` name where (422)
 * - `not_found`: not found, or not visible to this key (404)
 * - `conflict`: the current state forbids it (409)
 * - `precondition`: the caller's condition is not met (412)
 * - `forbidden`: the key's role does not allow it (403)
 */
export type ProblemKind = 'invalid' | 'not_found' | 'conflict' | 'precondition' | 'forbidden';

export class Problem extends Error {
  readonly kind: ProblemKind;
  /** Stable, machine-readable: the last part of the problem document's `type`. */
  readonly code: string;
  readonly fields: readonly FieldError[];

  constructor(kind: ProblemKind, code: string, detail: string, fields: readonly FieldError[] = []) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.code = code;
    this.fields = fields;
  }
}

export function invalid(fields: readonly FieldError[], code = 'invalid-input'): Problem {
  const detail = fields.map(({ pointer, detail: what }) => `${pointer || 'the body'} ${what}`).join('; ');
  return new Problem('invalid', code, detail, fields);
}

export function notFound(what: string): Problem {
  const subject = what.charAt(0).toUpperCase() + what.slice(1);
  return new Problem('not_found', 'not-found', `${subject} not found, or not visible to this key.`);
}

export function conflict(code: string, detail: string, fields: readonly FieldError[] = []): Problem {
  return new Problem('conflict', code, detail, fields);
}

/** A server that Passwire needs is unavailable or refuses connections; the same request may succeed later. */
export class Unavailable extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} is not available`, options);
    this.name = 'Unavailable';
  }
}

/** The servers answer, but more is asked of them than they can do in time; the same request may succeed later. */
export class Overloaded extends Unavailable {
  constructor(what: string, options?: ErrorOptions) {
    super(what, options);
    this.name = 'Overloaded';
    this.message = what;
  }
}

export function isUnavailable(error: unknown): error is Unavailable {
  return error instanceof Unavailable;
}
