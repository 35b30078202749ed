import * as client from 'openid-client';
import { claimOf, type RoleRule, staffRoleOf } from '../domain/staff-role.ts';
import type { Identity, IdentityProvider, Outcome, SignInFailure, SignInSecrets } from '../ports/identity-provider.ts';

const TIMEOUT_S = 5;
/** The most of a claim that is stored. */
const MAX_TEXT = 255;

export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly label: string;
  readonly scopes: string;
  readonly roles: RoleRule;
}

/**
 * Signs people in at a provider of OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce. The provider's metadata
 * is read when somebody signs in first, so that a process starts without it.
 */
export class OpenIdConnect implements IdentityProvider {
  readonly issuer: string;
  readonly label: string;
  readonly #options: ProviderOptions;
  #configuration: Promise<client.Configuration> | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.issuer = options.issuer;
    this.label = options.label;
  }

  newSecrets(): SignInSecrets {
    return { state: client.randomState(), nonce: client.randomNonce(), codeVerifier: client.randomPKCECodeVerifier() };
  }

  begin(redirectUri: string, { state, nonce, codeVerifier }: SignInSecrets): Promise<Outcome<string>> {
    return attempt(async () => {
      const url = client.buildAuthorizationUrl(await this.#configured(), {
        redirect_uri: redirectUri,
        scope: this.#options.scopes,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    });
  }

  end(answer: URL, { state, nonce, codeVerifier }: SignInSecrets): Promise<Outcome<Identity>> {
    return attempt(async () => {
      const configuration = await this.#configured();
      const tokens = await client.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const own = tokens.claims();
      if (!own) throw new Error('a token that was required is there');
      const { claim } = this.#options.roles;
      // many providers leave groups and the e-mail address to userinfo
      const isWhole = claimOf(own, claim) !== undefined && own.email !== undefined;
      const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
      const more = isWhole || !hasMore ? {} : await client.fetchUserInfo(configuration, tokens.access_token, own.sub);
      const claims: Readonly<Record<string, unknown>> = { ...more, ...own };
      return {
        issuer: this.issuer,
        subject: own.sub,
        name: textOf(claims.name) ?? textOf(claims.preferred_username),
        email: textOf(claims.email),
        role: staffRoleOf(claims, this.#options.roles),
      };
    });
  }

  async endSessionUrl(returnTo: string): Promise<string | undefined> {
    const found = await attempt(async () => {
      const configuration = await this.#configured();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo }).href;
    });
    return found.ok ? found.value : undefined;
  }

  /** Read once; again after a failure. */
  #configured(): Promise<client.Configuration> {
    this.#configuration ??= this.#discover().catch((error: unknown) => {
      this.#configuration = undefined;
      throw error;
    });
    return this.#configuration;
  }

  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    return client.discovery(url, clientId, clientSecret, undefined, {
      timeout: TIMEOUT_S,
      // the configuration allows http on this machine alone
      ...(url.protocol === 'http:' && { execute: [client.allowInsecureRequests] }),
    });
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, ...failureOf(error) };
  }
}

/** Messages and causes of errors may hold parts of an answer, so only their codes are kept. */
function failureOf(error: unknown): { readonly failure: SignInFailure; readonly code: string } {
  if (error instanceof client.AuthorizationResponseError) {
    return { failure: error.error === 'access_denied' ? 'denied' : 'failed', code: error.error };
  }
  if (error instanceof client.ResponseBodyError) {
    // RFC 6749 5.2: a code that has expired, was used or belongs to another client
    return { failure: error.error === 'invalid_grant' ? 'mismatch' : 'failed', code: error.error };
  }
  const code = codeOf(error);
  if (code === undefined) return { failure: 'failed', code: error instanceof Error ? error.name : 'unknown' };
  return { failure: UNREACHABLE.has(code) ? 'unreachable' : code === WRONG_STATE ? 'mismatch' : 'failed', code };
}

/** `OAUTH_RESPONSE_IS_NOT_CONFORM` is a proxy's answer, such as 502, in place of the provider's. */
const UNREACHABLE = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'network']);
const WRONG_STATE = 'OAUTH_INVALID_RESPONSE';

function codeOf(error: unknown): string | undefined {
  // fetch throws a TypeError, with the cause of the network
  if (error instanceof TypeError && !('code' in error)) return 'network';
  if (!(error instanceof Error)) return undefined;
  if (error.cause instanceof TypeError && !('code' in error.cause)) return 'network';
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MAX_TEXT) : undefined;
}
