import { z } from 'zod';
import { Problem, type ProblemKind, Unavailable } from '../domain/errors.ts';
import type { FieldError } from '../domain/json.ts';

/** What is wrong with a request as HTTP, before any verb saw it (content type, size, credentials). */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** RFC 9457. `errors` point into the request: its body, or the names of its query. */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({ example: 'urn:passwire:problem:invalid-input' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Names this occurrence by the id of the request.' }),
    requestId: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });

type ProblemDocument = z.infer<typeof problemSchema>;

export interface ProblemReply {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;
}

const STATUS_OF: Readonly<Record<ProblemKind, number>> = { invalid: 422, not_found: 404, conflict: 409, forbidden: 403 };
/** In front of the code in a problem's `type`. */
export const PROBLEM_PREFIX = 'urn:passwire:problem:';
const RETRY_AFTER_S = '5';
const MAX_ERRORS = 100;
const MAX_DETAIL_LENGTH = 2000;

/** The one place that turns errors into HTTP. What it does not know is a 500 that says nothing of its cause. */
export function problemOf(error: unknown, requestId: string): ProblemReply {
  if (error instanceof Problem) return reply(requestId, STATUS_OF[error.kind], error.code, error.message, error.fields);
  if (error instanceof HttpProblem) return reply(requestId, error.status, error.code, error.message, [], error.headers);
  if (error instanceof Unavailable) {
    const detail = `${error.message} right now. It is safe to send the request again.`;
    return reply(requestId, 503, 'unavailable', detail, [], { 'retry-after': RETRY_AFTER_S });
  }
  const detail = 'Something failed on our side; the log has the reason under this request id.';
  return reply(requestId, 500, 'internal-error', detail);
}

function reply(
  requestId: string,
  status: number,
  code: string,
  detail: string,
  fields: readonly FieldError[] = [],
  headers: Readonly<Record<string, string>> = {},
): ProblemReply {
  const words = code.replaceAll('-', ' ');
  const document = {
    type: `${PROBLEM_PREFIX}${code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status,
    detail: detail.length > MAX_DETAIL_LENGTH ? `${detail.slice(0, MAX_DETAIL_LENGTH).toWellFormed()}…` : detail,
    instance: `urn:passwire:request:${requestId}`,
    requestId,
    ...(fields.length > 0
      ? { errors: fields.slice(0, MAX_ERRORS).map(({ pointer, detail: what }) => ({ pointer, detail: what })) }
      : {}),
  };
  return { document, headers };
}
