import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { components, paths } from './generated/api.ts';

/** A typed client: `client.GET('/v1/deliveries/{id}', { params: { path: { id } } })` resolves to `{ data, error, response }`. */
export type Client = FetchClient<paths>;

/** The named schemas of the API, as types: `Schemas['Subscription']`. */
export type Schemas = components['schemas'];

/** What `error` is when the API refuses a request (RFC 9457). */
export type Problem = Schemas['Problem'];

/** The last part of a problem's `type`: `invalid-input`. */
export type ProblemCode = Problem['type'] extends `urn:passwire:problem:${infer Code}` ? Code : never;

export interface ClientOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Makes a client of one installation.
 *
 * @param baseUrl where the API is served, without `/v1`: `https://passwire.example.com`
 * @param key an API key, `pwk_…`
 */
export function createClient(baseUrl: string, key: string, options: ClientOptions = {}): Client {
  return createFetchClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` }, ...options });
}

/** The code to decide by. */
export function codeOf({ type }: Pick<Problem, 'type'>): ProblemCode {
  return type.replace('urn:passwire:problem:', '') as ProblemCode;
}
