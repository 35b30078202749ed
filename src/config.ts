import { isIP } from 'node:net';
import { z } from 'zod';
import { validationMessage } from './domain/validation-messages.ts';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const networks = list.superRefine((entries, context) => {
  for (const entry of entries) {
    if (isNetwork(entry)) continue;
    context.addIssue({
      code: 'custom',
      message: `must be networks such as 10.0.0.0/8 or fd00::/8, which "${entry}" is not`,
    });
  }
});
const count = (fallback: number, min: number, max: number) => z.coerce.number().int().min(min).max(max).default(fallback);

const HOUR_MS = 60 * 60 * 1000;
/** A CIDR or a single address. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** A URL of these schemes; an absent one is reported as required. */
function serverUrl(protocol: RegExp, message: string) {
  return z.url({ protocol, error: ({ input }) => (input === undefined ? undefined : message) });
}

const ENCRYPTION_KEY_BYTES = 32;
const KEY_ENTRY = /^([^:]+):([A-Za-z0-9+/]{43}=?)$/;
const encryptionKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((entry) => {
    const [, id = '', base64 = ''] = KEY_ENTRY.exec(entry.trim()) ?? [];
    return { id, key: new Uint8Array(Buffer.from(base64, 'base64')) };
  });
  const repeated = keys.find(({ id }, index) => id !== '' && keys.findIndex((other) => other.id === id) < index);
  if (repeated) {
    context.addIssue({ code: 'custom', message: `must have each key id once, but has "${repeated.id}" twice` });
    return z.NEVER;
  }
  const [first, ...older] = keys;
  if (!first || keys.some(({ id, key }) => id === '' || key.length !== ENCRYPTION_KEY_BYTES)) {
    context.addIssue({
      code: 'custom',
      message: 'must be <id>:<base64 of 32 bytes>, several separated by commas, the current one first',
    });
    return z.NEVER;
  }
  return [first, ...older] as const;
});

/** Every variable of the environment that Passwire reads. docs/configuration.md is made from it (`npm run docs`). */
export const environmentSchema = z.object({
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
  SHUTDOWN_TIMEOUT_MS: count(25_000, 0, 600_000).meta({
    description:
      'How long a stopping process waits for requests and attempts in flight before it hands them back, in milliseconds.',
  }),
  ALLOW_HTTP: flag.meta({ description: '`true` allows `http://` endpoints.' }),
  ALLOWED_PRIVATE_NETWORKS: networks.meta({
    description: 'Private networks that endpoints may be in all the same: for development.',
    form: 'CIDRs or single addresses, separated by commas',
  }),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').meta({
    description:
      'The lowest level that is logged. `info` has a line for each request, group of events and attempt; `warn` has dead letters, failing and disabled endpoints, and what is unavailable.',
  }),
});

export interface Config {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly encryptionKeys: z.infer<typeof encryptionKeys>;
  readonly adminKey: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  /** Health and metrics of a worker. */
  readonly workerListen: { readonly host: string; readonly port: number };
  readonly allowedNetworks: readonly string[];
  readonly allowHttp: boolean;
  readonly concurrency: number;
  readonly shutdownTimeoutMs: number;
  readonly recoverIntervalMs: number;
  readonly disableAfterMs: number;
  readonly logLevel: string;
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
    workerListen: { host: env.WORKER_HOST, port: env.WORKER_PORT },
    allowedNetworks: env.ALLOWED_PRIVATE_NETWORKS,
    allowHttp: env.ALLOW_HTTP,
    concurrency: env.WORKER_CONCURRENCY,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    recoverIntervalMs: env.RECOVER_INTERVAL_MS,
    disableAfterMs: env.DISABLE_AFTER_HOURS * HOUR_MS,
    logLevel: env.LOG_LEVEL,
  };
}

/** The settings for the log: without passwords and keys. */
export function withoutSecrets({ database, redis, encryptionKeys, adminKey, ...rest }: Config): object {
  return {
    ...rest,
    database: { ...database, url: withoutPassword(database.url) },
    redis: { ...redis, url: withoutPassword(redis.url) },
    encryptionKeys: encryptionKeys.map(({ id }) => id),
    adminKey: adminKey === undefined ? 'none' : 'set',
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
