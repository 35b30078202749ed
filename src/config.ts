import { z } from 'zod';
import { count, days, encryptionKeys, flag, networks, origins, serverUrl, texts, trustedUrl } from './config-values.ts';
import { COLOUR, type PortalOptions } from './domain/portal.ts';
import type { Retention } from './domain/retention.ts';
import type { RoleRule } from './domain/staff-role.ts';
import type { TenantBounds } from './domain/tenant-bounds.ts';
import { THEMES, type Theme } from './domain/theme.ts';
import { validationMessage } from './domain/validation-messages.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;

/** Every variable of the environment that Passwire reads. docs/configuration.md is made from it (`npm run docs`). */
export const environmentSchema = z
  .object({
    DATABASE_URL: serverUrl(/^postgres(ql)?$/, 'must be a postgres:// URL').meta({
      description: 'Postgres 15 or newer.',
      form: '`postgres://user:password@host:port/database`; `postgresql://` too',
    }),
    REDIS_URL: serverUrl(/^rediss?$/, 'must be a redis:// URL').meta({
      description: 'Redis 6.2 or newer, with `maxmemory-policy noeviction`.',
      form: '`redis://host:port/db`; `rediss://` for TLS',
    }),
    ENCRYPTION_KEYS: encryptionKeys.meta({
      description:
        'The keys that encrypt signing secrets and extra headers at rest. The first one encrypts; the others only decrypt what was encrypted with them before.',
      form: '`<id>:<base64 of 32 bytes>`, separated by commas, the current one first',
    }),
    ADMIN_KEY: z.string().min(32, { error: 'must have at least 32 characters' }).optional().meta({
      description: 'The first admin key, sent as a bearer token. Create others with it, then remove it.',
    }),
    HOST: z
      .string()
      .default('0.0.0.0')
      .meta({ description: 'The address that the API listens on.', form: 'host name or IP address' }),
    PORT: count(3000, 0, 65_535).meta({ description: 'The port that the API listens on. `0` takes any free port.' }),
    TRUSTED_PROXIES: networks.meta({
      description:
        'Networks of the proxies before the API. From these, `X-Forwarded-For` names the address of a client, which unknown keys are counted for.',
      form: 'CIDRs or single addresses, separated by commas',
    }),
    KEY_EVENT_REQUESTS_PER_SECOND: count(2000, 1, 1_000_000).meta({
      description: 'Requests with events that a key may make in a second, at each API process.',
    }),
    KEY_OTHER_REQUESTS_PER_SECOND: count(100, 1, 1_000_000).meta({
      description: 'Other requests that a key may make in a second, at all API processes together.',
    }),
    KEY_REQUESTS_AT_ONCE: count(256, 1, 100_000).meta({
      description: 'Requests of a key that are in progress at once, at each API process.',
    }),
    KEY_BODY_MIB: count(64, 8, 65_536).meta({
      description:
        'Bodies of the requests of a key that are in progress, at each API process, in MiB. All keys together may have twice as much.',
    }),
    KEY_STREAMS: count(20, 1, 10_000).meta({
      description: 'Streams of changes (`/v1/stream`) of a key that are open at once, at each API process.',
    }),
    STREAMS: count(500, 1, 100_000).meta({ description: 'The same of all keys together.' }),
    WORKER_HOST: z.string().default('0.0.0.0').meta({
      description: 'The address that a worker serves `/healthz`, `/readyz` and `/metrics` on.',
      form: 'host name or IP address',
    }),
    WORKER_PORT: count(3001, 0, 65_535).meta({
      description:
        'The port of these. `0` takes any free port. A worker whose port is taken logs that and works without them.',
    }),
    DATABASE_POOL: count(10, 1, 200).meta({ description: 'Connections to Postgres per process.' }),
    REDIS_PREFIX: z.string().min(1).default('{passwire}').meta({
      description:
        'The prefix of every key in Redis. Installations that share a Redis need different ones. The braces are a hash tag: all keys share a slot.',
    }),
    WORKER_CONCURRENCY: count(500, 1, 5000).meta({
      description: 'Attempts that a worker process makes at once, at most. A busy process takes fewer.',
    }),
    RECOVER_INTERVAL_MS: count(5000, 100, 600_000).meta({
      description:
        'How often the workers look for due deliveries that no job carries, in milliseconds; one worker does it for all.',
    }),
    DISABLE_AFTER_HOURS: z.coerce.number().positive().max(8760).default(120).meta({
      description:
        'How long an endpoint may fail, with no success in between, before its subscriptions are disabled, in hours.',
    }),
    RETENTION_DAYS: days.meta({
      description:
        'How long events, deliveries and attempts are kept, in days; they are dropped a week at once, so up to seven days later. What is still open then becomes a dead letter. Absent: for ever.',
    }),
    RETENTION_BODY_DAYS: days.meta({
      description:
        'How long bodies, facts of events and answers are stored, in days, for what has ended; the rows stay. A tenant may have a `retention.bodyDays` of its own. Absent: as long as the rows.',
    }),
    RETENTION_DEAD_LETTER_DAYS: days.meta({
      description: 'How long dead letters are kept, in days; at least `RETENTION_DAYS`. Absent: for ever.',
    }),
    SHUTDOWN_TIMEOUT_MS: count(25_000, 0, 600_000).meta({
      description:
        'How long a stopping process waits for requests and attempts in flight before it hands them back, in milliseconds.',
    }),
    LIMIT_SUBSCRIPTIONS: count(2000, 1, 100_000).meta({
      description: 'The most subscriptions of a tenant. Here and below: more are refused, existing ones keep working.',
    }),
    LIMIT_SUBSCRIPTIONS_PER_TRIGGER: count(200, 1, 10_000).meta({
      description:
        'The most subscriptions that one event of a tenant may match: those to its trigger and template, and those to its trigger and all templates; disabled ones count. More are refused when they are made; existing ones keep working.',
    }),
    LIMIT_INTEGRATIONS: count(200, 1, 10_000).meta({ description: 'The most integrations of a tenant.' }),
    LIMIT_TEMPLATES: count(1000, 1, 100_000).meta({ description: 'The most templates of a tenant.' }),
    LIMIT_FIELDS: count(50_000, 1, 5_000_000).meta({
      description: 'The most fields in all templates of a tenant. One template has 500 at most.',
    }),
    LIMIT_MAPPING_RULES: count(50_000, 1, 5_000_000).meta({
      description:
        'The most renamed and removed fields in all subscriptions of a tenant. One mapping has 500 of each at most.',
    }),
    LIMIT_CONFIGURATION_BYTES: count(8_388_608, 1024, 1_073_741_824).meta({
      description:
        'The most bytes of JSON in the templates, mappings and known fields of a tenant. Every process that serves the tenant keeps them in memory.',
    }),
    LIMIT_SECRETS: count(10, 1, 100).meta({
      description:
        'The most secrets of one kind that sign at the same time. Each signature makes the headers of every request longer.',
    }),
    ALLOW_HTTP: flag.meta({ description: '`true` allows `http://` endpoints.' }),
    ALLOWED_PRIVATE_NETWORKS: networks.meta({
      description: 'Private networks that endpoints may be in all the same: for development.',
      form: 'CIDRs or single addresses, separated by commas',
    }),
    CONSOLE_THEME: z.enum(THEMES).default('auto').meta({
      description: 'The colours of the console until a person chooses others; `auto` follows the system.',
    }),
    PORTAL_ORIGINS: origins.meta({
      description: 'The pages that may show the portal in a frame: those of the pass platform. Absent: none.',
      form: 'origins such as `https://app.example.com`, separated by commas',
    }),
    PORTAL_COLOUR: z.string().regex(COLOUR, { error: 'must be a colour as #0b7285' }).optional().meta({
      description: 'The primary colour of the portal, where a link names none. It is adapted until text in it is legible.',
      form: '`#rrggbb`',
    }),
    PORTAL_NAME: z.string().max(100).optional().meta({
      description: 'The name in the head of the portal, where a link gives none. Absent: `Passwire`.',
      form: 'text of 100 characters at most',
    }),
    PORTAL_LOGO: z.string().optional().meta({
      description: 'The logo beside it, where a link has none: an SVG, PNG, JPEG or WebP.',
      form: 'path of a file',
    }),
    DEMO_RECEIVER_URL: z
      .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
      .optional()
      .meta({ description: 'A receiver that the console offers for trying webhooks.', form: 'URL' }),
    PUBLIC_URL: trustedUrl.optional().meta({
      description:
        'The address of the API in browsers, which the identity provider leads back to. Absent: the host that a request names.',
      form: '`https://webhooks.example.com`, without a path',
    }),
    OIDC_ISSUER: trustedUrl.optional().meta({
      description:
        'The issuer that staff sign in to the console with (OpenID Connect); see [operations](operations.md#signing-in). Absent: API keys only. With it, the two below and a value of a role are required.',
      form: '`https://` URL; `http://` on this machine only',
    }),
    OIDC_CLIENT_ID: z.string().optional().meta({ description: 'The client id of Passwire at the issuer.', form: 'text' }),
    OIDC_CLIENT_SECRET: z.string().optional().meta({ description: 'Its secret.', form: 'text' }),
    OIDC_LABEL: z.string().max(60).default('single sign-on').meta({
      description: 'The name of the provider on the sign-in page: "Sign in with {name}".',
      form: 'text',
    }),
    OIDC_SCOPES: z
      .string()
      .regex(/(^| )openid( |$)/, { error: 'must contain openid' })
      .default('openid profile email')
      .meta({
        description: 'What the provider is asked for; some give groups only with a scope of their own.',
        form: 'separated by blanks',
      }),
    OIDC_ROLE_CLAIM: z.string().default('groups').meta({
      description: 'The claim, text or a list, that decides the role. Dots lead into objects: `realm_access.roles`.',
      form: 'text',
    }),
    OIDC_ADMIN_VALUES: texts.meta({
      description: 'Its values that give the role admin. People without any of these and those below are refused.',
      form: 'separated by commas',
    }),
    OIDC_SUPPORT_VALUES: texts.meta({
      description: 'Its values that give the role support.',
      form: 'separated by commas',
    }),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').meta({
      description:
        'The lowest level that is logged. `info` has a line for each request, group of events and attempt; `warn` has dead letters, failing and disabled endpoints, and what is unavailable.',
    }),
  })
  .refine(({ RETENTION_DAYS: days, RETENTION_DEAD_LETTER_DAYS: letters }) => (letters ?? Infinity) >= (days ?? 0), {
    path: ['RETENTION_DEAD_LETTER_DAYS'],
    error: 'must be at least RETENTION_DAYS',
  })
  .superRefine((env, context) => {
    if (env.OIDC_ISSUER === undefined) return;
    const require = (isThere: boolean, name: string, message: string): void => {
      if (!isThere) context.addIssue({ code: 'custom', path: [name], message });
    };
    require(env.OIDC_CLIENT_ID !== undefined, 'OIDC_CLIENT_ID', 'is required with OIDC_ISSUER');
    require(env.OIDC_CLIENT_SECRET !== undefined, 'OIDC_CLIENT_SECRET', 'is required with OIDC_ISSUER');
    const hasRole = env.OIDC_ADMIN_VALUES.length + env.OIDC_SUPPORT_VALUES.length > 0;
    require(hasRole, 'OIDC_ADMIN_VALUES', 'or OIDC_SUPPORT_VALUES is required with OIDC_ISSUER: nobody could sign in');
  });

export interface Config {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly encryptionKeys: z.infer<typeof encryptionKeys>;
  readonly adminKey: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly trustedProxies: readonly string[];
  readonly keys: {
    readonly eventRequestsPerS: number;
    readonly otherRequestsPerS: number;
    readonly requestsAtOnce: number;
    readonly bodyBytes: number;
    readonly streams: number;
  };
  /** The most streams of changes that are open at once in a process. */
  readonly streams: number;
  /** Health and metrics of a worker. */
  readonly workerListen: { readonly host: string; readonly port: number };
  readonly allowedNetworks: readonly string[];
  readonly allowHttp: boolean;
  readonly concurrency: number;
  readonly shutdownTimeoutMs: number;
  readonly recoverIntervalMs: number;
  readonly disableAfterMs: number;
  readonly retention: Retention;
  readonly logLevel: string;
  readonly console: { readonly theme: Theme; readonly demoReceiverUrl: string | undefined };
  /** The address of the API in browsers; undefined: the host that a request names. */
  readonly publicUrl: string | undefined;
  /** Where staff sign in; undefined: with API keys only. */
  readonly identity: ProviderSettings | undefined;
  readonly portal: PortalOptions;
  /** The most that a tenant may configure. */
  readonly bounds: TenantBounds;
}

/** The client of Passwire at a provider of OpenID Connect. */
export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly label: string;
  readonly scopes: string;
  readonly roles: RoleRule;
}

/** The configuration of a process; an empty variable counts as absent. @throws Error that names every wrong variable and what would be right */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = environmentSchema.safeParse(present, { reportInput: true, error: validationMessage });
  if (!result.success) {
    const wrong = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`Invalid environment variables:\n${wrong.join('\n')}`);
  }
  const env = result.data;
  return {
    database: { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL },
    redis: { url: env.REDIS_URL, prefix: env.REDIS_PREFIX },
    encryptionKeys: env.ENCRYPTION_KEYS,
    adminKey: env.ADMIN_KEY,
    listen: { host: env.HOST, port: env.PORT },
    trustedProxies: env.TRUSTED_PROXIES,
    keys: {
      eventRequestsPerS: env.KEY_EVENT_REQUESTS_PER_SECOND,
      otherRequestsPerS: env.KEY_OTHER_REQUESTS_PER_SECOND,
      requestsAtOnce: env.KEY_REQUESTS_AT_ONCE,
      bodyBytes: env.KEY_BODY_MIB * MIB,
      streams: env.KEY_STREAMS,
    },
    streams: env.STREAMS,
    workerListen: { host: env.WORKER_HOST, port: env.WORKER_PORT },
    allowedNetworks: env.ALLOWED_PRIVATE_NETWORKS,
    allowHttp: env.ALLOW_HTTP,
    concurrency: env.WORKER_CONCURRENCY,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    recoverIntervalMs: env.RECOVER_INTERVAL_MS,
    disableAfterMs: env.DISABLE_AFTER_HOURS * HOUR_MS,
    retention: {
      days: env.RETENTION_DAYS,
      bodyDays: env.RETENTION_BODY_DAYS,
      deadLetterDays: env.RETENTION_DEAD_LETTER_DAYS,
    },
    logLevel: env.LOG_LEVEL,
    console: { theme: env.CONSOLE_THEME, demoReceiverUrl: env.DEMO_RECEIVER_URL },
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, ''),
    identity: providerOf(env),
    portal: {
      origins: env.PORTAL_ORIGINS,
      colour: env.PORTAL_COLOUR,
      name: env.PORTAL_NAME,
      logoFile: env.PORTAL_LOGO,
    },
    bounds: {
      subscriptions: env.LIMIT_SUBSCRIPTIONS,
      subscriptionsPerTrigger: env.LIMIT_SUBSCRIPTIONS_PER_TRIGGER,
      integrations: env.LIMIT_INTEGRATIONS,
      templates: env.LIMIT_TEMPLATES,
      fields: env.LIMIT_FIELDS,
      mappingRules: env.LIMIT_MAPPING_RULES,
      configurationBytes: env.LIMIT_CONFIGURATION_BYTES,
      secrets: env.LIMIT_SECRETS,
    },
  };
}

function providerOf(env: z.infer<typeof environmentSchema>): ProviderSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const roles = { claim: env.OIDC_ROLE_CLAIM, admin: env.OIDC_ADMIN_VALUES, support: env.OIDC_SUPPORT_VALUES };
  return { issuer, clientId, clientSecret, label: env.OIDC_LABEL, scopes: env.OIDC_SCOPES, roles };
}

/** The settings for the log: without passwords and keys. */
export function withoutSecrets({ database, redis, encryptionKeys, adminKey, identity, ...rest }: Config): object {
  return {
    ...rest,
    database: { ...database, url: withoutPassword(database.url) },
    redis: { ...redis, url: withoutPassword(redis.url) },
    encryptionKeys: encryptionKeys.map(({ id }) => id),
    adminKey: adminKey === undefined ? 'none' : 'set',
    identity: identity && { ...identity, clientSecret: 'set' },
  };
}

/** Parameters may hold a password too (`?password=`), so only the values of harmless ones are shown. */
function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.password !== '') url.password = '***';
  for (const name of url.searchParams.keys()) if (name !== 'sslmode') url.searchParams.set(name, '***');
  return url.href;
}

/** For the start of a process: errors are printed without a stack, and the process exits with 1. */
export function readConfigOrExit(environment: NodeJS.ProcessEnv): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
