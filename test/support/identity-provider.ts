import { Events, type MutableRedirectUri, type MutableResponse, type MutableToken, OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Env } from './node-process.ts';

/** A provider of OpenID Connect that signs everybody in at once. It is on another site than the API, as providers are. */
export interface TestProvider {
  readonly issuer: string;
  /** The claims of the next tokens. */
  claims: Readonly<Record<string, unknown>>;
  /** The claims that userinfo alone has. */
  moreClaims: Readonly<Record<string, unknown>>;
  /** The error that it answers with in place of a code. */
  refusal: string | undefined;
  /** What the token endpoint was sent last. */
  lastGrant: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const JO = { sub: 'jo-7', name: 'Jo Doe', email: 'jo@example.com', groups: ['staff', 'passwire-support'] };

/** Started before the tests, gone after them; to be called before what is configured with it. */
export function useProvider(): () => TestProvider {
  let provider: TestProvider | undefined;
  beforeAll(async () => {
    provider = await startProvider();
  });
  beforeEach(() => {
    if (provider) Object.assign(provider, { claims: JO, moreClaims: {}, refusal: undefined });
  });
  afterAll(() => provider?.stop());
  return () => {
    if (!provider) throw new Error('the provider is there from beforeAll on');
    return provider;
  };
}

/** The settings of an API that signs people in with it. */
export function providerEnv({ issuer }: TestProvider): Env {
  return {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: 'passwire',
    OIDC_CLIENT_SECRET: 'a-client-secret',
    OIDC_LABEL: 'Acme ID',
    OIDC_ADMIN_VALUES: 'passwire-admin',
    OIDC_SUPPORT_VALUES: 'passwire-support, helpdesk',
  };
}

async function startProvider(): Promise<TestProvider> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(0, 'localhost');
  const { port } = server.address();
  const provider: TestProvider = {
    issuer: `http://localhost:${port}`,
    claims: JO,
    moreClaims: {},
    refusal: undefined,
    lastGrant: {},
    stop: () => (server.listening ? server.stop() : Promise.resolve()),
    start: () => server.start(port, 'localhost'),
  };
  server.service.on(Events.BeforeTokenSigning, (token: MutableToken, request: { readonly body: object }) => {
    Object.assign(token.payload, provider.claims);
    provider.lastGrant = { ...request.body };
  });
  server.service.on(Events.BeforeUserinfo, (response: MutableResponse) => {
    response.body = { sub: provider.claims.sub, ...provider.moreClaims };
  });
  server.service.on(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => {
    if (provider.refusal === undefined) return;
    url.searchParams.delete('code');
    url.searchParams.set('error', provider.refusal);
  });
  return provider;
}
