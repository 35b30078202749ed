import { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { translated } from './database-errors.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;
/** What statements run on: a database, or one transaction of it. */
export type Statements = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Connections at most; more statements wait for one, up to `connectTimeoutMs`. */
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  /** How long the server works on one statement, waiting for locks included. A transaction may take six times as long. */
  readonly statementTimeoutMs?: number;
  readonly applicationName?: string;
  /** Told of connections that break while nothing runs on them; the next statement opens a new one. */
  readonly onConnectionLost?: (error: Error) => void;
}

const IDLE_MS = 10_000;
/** Statements with a name of their own: many times what the product has, and a bound for the server's memory. */
const MAX_PREPARED = 500;

/**
 * Opens a pool of connections; the first statement connects. Whatever runs on the result, BEGIN and COMMIT included, throws
 * `Unavailable` when Postgres is away, restarts, refuses connections or does not answer in time; a later statement connects
 * anew. An `Unavailable` COMMIT may have happened.
 */
export function openDatabase(options: DatabaseOptions): Database & { close(): Promise<void> } {
  const { connectTimeoutMs = 5_000, statementTimeoutMs = 10_000 } = options;
  const silenceMs = Math.max(statementTimeoutMs, IDLE_MS) + 5_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: options.applicationName ?? 'passwire',
    onConnect: (client) => prepareSession(client, statementTimeoutMs, silenceMs),
  });
  const onLost = options.onConnectionLost ?? (() => {});
  const adapter = new TranslatingPg(pool, {
    disposeExternalPool: true,
    onPoolError: onLost,
    onConnectionError: onLost,
    statementNameGenerator: statementNames(),
  });
  const db = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectTimeoutMs + silenceMs, timeout: 6 * statementTimeoutMs },
  });
  const transaction: InteractiveTransaction = db.$transaction.bind(db);
  // Prisma itself ends a transaction that does not begin or end in time, above the adapter.
  const $transaction: InteractiveTransaction = (work, limits) => translating(() => transaction(work, limits));
  return Object.assign(db, { $transaction: $transaction as Database['$transaction'], close: () => db.$disconnect() });
}

/** Resolves when Postgres answers. @throws Unavailable */
export async function ping(db: Database): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}

type InteractiveTransaction = <T>(
  work: (tx: Statements) => Promise<T>,
  limits?: Parameters<Database['$transaction']>[1],
) => Promise<T>;

/**
 * The time zone must be UTC: Prisma's adapter sends instants without an offset and ignores the offset of what it reads.
 * A statement is planned once a connection, not anew for the values of every call, since planning takes longer than most of
 * them take to run: they are written so that one plan is good for all values.
 * Settings are made by a statement, not as startup parameters, because a URL's `options` would replace those and PgBouncer
 * refuses them.
 */
async function prepareSession(client: pg.ClientBase, statementTimeoutMs: number, silenceMs: number): Promise<void> {
  if (client instanceof pg.Client) endWithServer(client, silenceMs);
  await client.query(
    `SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', $1, false),
            set_config('idle_in_transaction_session_timeout', $2, false),
            set_config('plan_cache_mode', 'force_generic_plan', false)`,
    [String(statementTimeoutMs), String(silenceMs)],
  );
}

/**
 * Ends a connection when its server says FATAL, because the socket closes later and in between the pool would hand it out
 * again; breaks it off when its server is frozen and does not keep to its statement timeout.
 */
function endWithServer(client: pg.Client, silenceMs: number): void {
  const { connection } = client;
  connection.on('errorMessage', ({ severity }: { readonly severity?: string }) => {
    if (severity === 'FATAL' || severity === 'PANIC') client.end().catch(() => {}); // it is broken already
  });
  const { stream } = connection;
  if (stream instanceof Socket) stream.setTimeout(silenceMs, () => stream.destroy());
}

/** Names statements, so that each connection parses one once; the texts beyond the bound are parsed every time. */
function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MAX_PREPARED) return '';
    const name = `passwire_${names.size}`;
    names.set(sql, name);
    return name;
  };
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** Prisma's adapter for pg, its errors translated: below Prisma is the place that every statement, BEGIN and COMMIT passes. */
class TranslatingPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = (level) => translating(async () => translateStatements(await startTransaction(level)));
    return translateStatements(adapter);
  }
}

function translateStatements<T extends Adapter | AdapterTransaction>(queryable: T): T {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (query) => translating(() => queryRaw(query));
  queryable.executeRaw = (query) => translating(() => executeRaw(query));
  return queryable;
}

async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}
