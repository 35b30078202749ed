import createFetchClient from 'openapi-fetch';
import type { paths } from '../../../client/generated/api.ts';
import type { Problem } from '../../../client/index.ts';
import { isPortal } from '../portal/place.ts';
import { isIdle } from './activity.ts';
import { ApiError } from './api-error.ts';
import { reportSignedOut } from './signed-out.ts';

/** The API of this host, in the name of who is signed in, or visits the portal. */
export const api = createFetchClient<paths>({ baseUrl: location.origin, fetch: send });

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The data of an answer: `await dataOf(api.GET('/v1/deliveries', { params, signal }))`.
 *
 * @throws ApiError when the API refuses; TypeError when it cannot be reached
 */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw new ApiError(isProblem(error) ? error : unnamedProblem(response), response);
}

async function send(request: Request): Promise<Response> {
  const response = await sendAs(request);
  const isEntering = /\/v1\/(sign-in|portal-tokens)$/.test(request.url);
  if (response.status === 401 && !isEntering) reportSignedOut();
  return response;
}

let portalToken: string | undefined;

/** In a frame the token is here and nowhere else: browsers give frames of other sites neither cookies nor storage. */
export function setPortalToken(token: string | undefined): void {
  portalToken = token;
}

/** Sends a request in the name of who is signed in, or visits the portal. */
export function sendAs(request: Request): Promise<Response> {
  if (isPortal) {
    request.headers.set('x-passwire-portal', '1');
    if (portalToken !== undefined) request.headers.set('authorization', `Bearer ${portalToken}`);
  } else {
    const isReading = request.method === 'GET';
    request.headers.set('x-passwire-console', isReading && isIdle() ? 'idle' : '1');
  }
  return fetch(request);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'type' in value && 'detail' in value;
}

/** What a proxy answers in the place of the API. */
function unnamedProblem({ status, headers }: Response): Problem {
  const requestId = headers.get('x-request-id') ?? '';
  const detail = `The answer, ${status}, is none of Passwire's: something between this page and the API may have given it.`;
  return {
    type: 'urn:passwire:problem:internal-error',
    title: `Status ${status}`,
    status,
    detail,
    instance: `urn:passwire:request:${requestId}`,
    requestId,
  };
}
