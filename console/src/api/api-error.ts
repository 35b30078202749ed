import type { Problem } from '../../../client/index.ts';

type ProblemCode = Problem['type'] extends `urn:passwire:problem:${infer Code}` ? Code : never;

/** The API refused a request, or failed. */
export class ApiError extends Error {
  readonly problem: Problem;
  readonly status: number;
  /** How long to wait before the request may be repeated, in milliseconds; undefined where the API names no time. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, response: Pick<Response, 'headers' | 'status'>) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
    this.status = response.status;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  }

  /** The code to decide by: `invalid-input`. */
  get code(): ProblemCode {
    return this.problem.type.replace('urn:passwire:problem:', '') as ProblemCode;
  }
}

/** Whether the request reached no API: offline, or the API does not answer. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError;
}
