import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Overloaded, Problem, type ProblemKind, Unavailable } from '../domain/errors.ts';
import type { FieldError } from '../domain/json.ts';
import { PROBLEM_CODES, PROBLEM_TYPES, type ProblemCode, type ProblemUrn, titleOf, urnOf } from './problem-types.ts';
import { REPEAT_TEXTS, type RepeatAdvice } from './repeat-advice.ts';

const MAX_ERRORS = 100;
const MAX_DETAIL_LENGTH = 2000;
const EXAMPLE_REQUEST_ID = '5f0c2f0e-7d0a-4f7e-9d53-0f6d1a2b3c4d';

/** A request that is refused before a verb sees it (content type, size, credentials). */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.code = code;
    this.status = PROBLEM_TYPES[code].status;
    this.headers = headers;
  }
}

/** For a limit that has room again as other requests end. */
export function tooMany(detail: string): HttpProblem {
  return new HttpProblem('too-many-requests', detail, { 'retry-after': '1' });
}

/** An error at one place of a request or a configuration. */
export const fieldErrorSchema = z
  .strictObject({
    pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901) into the body, or `/name` of a query parameter.' }),
    detail: z.string().meta({ description: 'What is wrong or doubtful there, for people.' }),
  })
  .meta({
    id: 'FieldError',
    description: 'An error or a warning at one place.',
    examples: [{ pointer: '/trigger', detail: 'must be one of pass.created, pass.installed' }],
  });

/** RFC 9457. `errors` point into the request: its body, or the names of its query. */
export const problemSchema = z
  .strictObject({
    type: z.enum(PROBLEM_CODES.map(urnOf)).meta({
      description: ['The type of the problem; new ones may be added.', ...PROBLEM_CODES.map(listed)].join('\n'),
    }),
    title: z.string().meta({ description: 'The type in words.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What went wrong this time, for people.' }),
    instance: z.string().meta({ description: 'Identifies this occurrence by the request id.' }),
    requestId: z.string().meta({ description: 'The request id, as in the header `x-request-id` and in the log.' }),
    errors: z.array(fieldErrorSchema).optional().meta({ description: 'What to fix, and where.' }),
  })
  .meta({
    id: 'Problem',
    description: 'A problem document (RFC 9457).',
    examples: [problemExample('invalid-input', [{ pointer: '/name', detail: 'is required, as text' }])],
  });

function listed(code: ProblemCode): string {
  return `- \`${code}\` (${PROBLEM_TYPES[code].status}): ${PROBLEM_TYPES[code].description}`;
}

export type ProblemDocument = {
  type: ProblemUrn;
  title: string;
  status: number;
  detail: string;
  instance: string;
  requestId: string;
  errors?: FieldError[] | undefined;
};

/** A problem document of a type, as the API's document shows it. */
export function problemExample(code: ProblemCode, errors: readonly FieldError[] = []): ProblemDocument {
  const { status, description } = PROBLEM_TYPES[code];
  return documentOf(EXAMPLE_REQUEST_ID, status, code, description, errors);
}

export interface ProblemReply {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;
}

const STATUS_OF: Readonly<Record<ProblemKind, number>> = {
  invalid: 422,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  forbidden: 403,
};
const RETRY_AFTER_S = '5';

/** The only place that turns errors into HTTP. An unknown error becomes a 500 that does not reveal its cause. */
export function problemOf(error: unknown, requestId: string, repeat: RepeatAdvice = 'safe'): ProblemReply {
  if (error instanceof Problem) {
    return { document: documentOf(requestId, STATUS_OF[error.kind], error.code, error.message, error.fields), headers: {} };
  }
  if (error instanceof HttpProblem) return reply(requestId, error.code, error.message, error.headers);
  if (error instanceof Unavailable) {
    const [code, when] =
      error instanceof Overloaded ? (['overloaded', ''] as const) : (['unavailable', ' right now'] as const);
    const detail = `${error.message}${when}. ${REPEAT_TEXTS[repeat]}`;
    return reply(requestId, code, detail, { 'retry-after': RETRY_AFTER_S });
  }
  return reply(requestId, 'internal-error', 'An unexpected error; the log has its cause under this request id.');
}

/** The text of a problem document for bytes that did not become a request. */
export function problemText(code: ProblemCode, detail: string): string {
  return JSON.stringify(documentOf(randomUUID(), PROBLEM_TYPES[code].status, code, detail));
}

function reply(
  requestId: string,
  code: ProblemCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): ProblemReply {
  return { document: documentOf(requestId, PROBLEM_TYPES[code].status, code, detail), headers };
}

function documentOf(
  requestId: string,
  status: number,
  code: string,
  detail: string,
  fields: readonly FieldError[] = [],
): ProblemDocument {
  const errors = fields.slice(0, MAX_ERRORS).map(({ pointer, detail: what }) => ({ pointer, detail: what }));
  return {
    type: urnOf(code) as ProblemUrn,
    title: titleOf(code),
    status,
    detail: detail.length > MAX_DETAIL_LENGTH ? `${detail.slice(0, MAX_DETAIL_LENGTH).toWellFormed()}…` : detail,
    instance: `urn:passwire:request:${requestId}`,
    requestId,
    ...(errors.length > 0 ? { errors } : {}),
  };
}
