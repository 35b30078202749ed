import { type Client, codeOf, createClient, type Problem } from '../client/index.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { type Environment, type Profile, profilesFile, readProfiles } from './profiles.ts';

export interface SessionOptions {
  readonly profile?: string | undefined;
  readonly tenant?: string | undefined;
}

/** What a command talks to. */
export interface Session {
  readonly client: Client;
  readonly origin: string;
  readonly key: string;
  /** Query of every call about a tenant's objects; empty for keys that are bound to a tenant. */
  readonly scope: { readonly tenantId?: string };
}

/**
 * `PASSWIRE_URL`, `PASSWIRE_KEY` and `PASSWIRE_TENANT` count before the profile, which is the one named, else the current one.
 *
 * @throws CommandFailed when there is no key
 */
export function openSession(options: SessionOptions, env: Environment): Session {
  const { url, key, tenantId } = { ...profileOf(options.profile, env), ...fromEnvironment(env) };
  const tenant = options.tenant ?? tenantId;
  if (!key)
    throw new CommandFailed('Not logged in: run `passwire login`, or set PASSWIRE_URL and PASSWIRE_KEY.', EXIT.denied);
  if (!url) throw new CommandFailed('PASSWIRE_KEY is set without PASSWIRE_URL.', EXIT.usage);
  const origin = url.replace(/\/+$/, '');
  return { client: createClient(origin, key), origin, key, scope: tenant ? { tenantId: tenant } : {} };
}

function profileOf(name: string | undefined, env: Environment): Partial<Profile> {
  const { current, profiles } = readProfiles(profilesFile(env));
  if (name === undefined) return profiles[env.PASSWIRE_PROFILE || current] ?? {};
  const profile = profiles[name];
  if (!profile) {
    const known = Object.keys(profiles).join(', ') || 'none yet';
    throw new CommandFailed(`There is no profile "${name}"; known: ${known}.`, EXIT.usage);
  }
  return profile;
}

function fromEnvironment({ PASSWIRE_URL, PASSWIRE_KEY, PASSWIRE_TENANT }: Environment): Partial<Profile> {
  return {
    ...(PASSWIRE_URL && { url: PASSWIRE_URL }),
    ...(PASSWIRE_KEY && { key: PASSWIRE_KEY }),
    ...(PASSWIRE_TENANT && { tenantId: PASSWIRE_TENANT }),
  };
}

interface Answer<T> {
  readonly data?: T;
  readonly error?: Problem;
  readonly response: Response;
}

/** The data of an answer. @throws CommandFailed with the problem in words */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await orUnavailable(answer);
  if (response.ok) return data as T;
  throw refused(error, response);
}

/** For calls that answer without a body. */
export async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await orUnavailable(answer);
  if (!response.ok) throw refused(error, response);
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
    throw new CommandFailed(`The API does not answer: ${cause}`, EXIT.unavailable);
  }
}

const EXIT_OF_STATUS: Readonly<Record<number, number>> = {
  401: EXIT.denied,
  403: EXIT.denied,
  404: EXIT.notFound,
  429: EXIT.unavailable,
  503: EXIT.unavailable,
};

/** A problem document in words: what is wrong, each field, and the request id that the API's log has. */
function refused(problem: Partial<Problem> | undefined, { status, headers }: Response): CommandFailed {
  const exitCode = EXIT_OF_STATUS[status] ?? EXIT.failed;
  const requestId = headers.get('x-request-id');
  const lines = [
    problem?.detail || problem?.title || `The API answered ${status}.`,
    ...(problem?.errors ?? []).map(({ pointer, detail }) => `  ${pointer || 'input'}: ${detail}`),
    `(${[status, problem?.type && codeOf({ type: problem.type }), requestId].filter(Boolean).join(', ')})`,
  ];
  return new CommandFailed(lines.join('\n'), exitCode);
}
