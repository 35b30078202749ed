import { Socket } from 'node:net';
import pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { StatementWatch } from './statement-watch.ts';
import { WatchedPg } from './watched-pg.ts';

export type Database = PrismaClient & OpenDatabase;
/** Runs statements: a database, or one transaction on it. */
export type Statements = Prisma.TransactionClient;
/** Runs one statement: `Database.query`, or Prisma's client in a transaction (`inTransaction`). */
export type RunStatement = <Row>(statement: Prisma.Sql) => Promise<Row[]>;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Maximum number of connections; a statement waits up to `connectTimeoutMs` for a free one. */
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  /** How long one statement may run on the server, waits for locks included. A transaction may take six times as long. */
  readonly statementTimeoutMs?: number;
  readonly applicationName?: string;
  /** Called when an idle connection breaks; the next statement opens a new one. */
  readonly onConnectionLost?: (error: Error) => void;
  /**
   * Inspects Postgres while it answers none of the open statements; true when something is wrong with it. With this, a silent
   * Postgres is found out: see `suspend`.
   */
  readonly onSilence?: () => Promise<boolean>;
}

const IDLE_MS = 10_000;
/** Bound on prepared statements, for the server's memory; far more than the product's distinct statements. */
const MAX_PREPARED = 500;

/**
 * Creates a connection pool; the first statement connects. Every statement, BEGIN and COMMIT included, throws `Unavailable`
 * when Postgres is unreachable, restarts, refuses connections or does not respond in time; a later statement reconnects.
 * A COMMIT that throws `Unavailable` may have taken effect.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { connectTimeoutMs = 3_000, statementTimeoutMs = 10_000 } = options;
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
  const watch = new StatementWatch({ onSilence: options.onSilence });
  pool.on('error', onLost); // not by the adapter, which a pool that only runs `query` never connects
  const statementNameGenerator = statementNames();
  const adapter = new WatchedPg(watch, pool, {
    disposeExternalPool: true,
    onConnectionError: onLost,
    statementNameGenerator,
  });
  const db = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectTimeoutMs + silenceMs, timeout: 6 * statementTimeoutMs },
  });
  const transaction: InteractiveTransaction = db.$transaction.bind(db);
  const query = async <Row>({ text, values }: Prisma.Sql): Promise<Row[]> => {
    const name = statementNameGenerator({ sql: text });
    return (await watch.run(() => pool.query<Row & pg.QueryResultRow>({ name, text, values }))).rows;
  };
  // Prisma's own timeouts are thrown above the adapter; and it rejects a transaction only after its ROLLBACK.
  const $transaction: InteractiveTransaction = (work, limits) => watch.run(() => transaction(work, limits));
  return Object.assign(db, {
    $transaction: $transaction as Database['$transaction'],
    query,
    connections: () => connectionsOf(pool),
    suspend: () => watch.suspend(),
    resume: () => watch.resume(),
    async close() {
      watch.close();
      await db.$disconnect();
    },
  });
}

/** Runs statements in a transaction, for code that also runs outside of one. */
export function inTransaction(tx: Statements): RunStatement {
  return (statement) => tx.$queryRaw(statement);
}

export interface OpenDatabase {
  /**
   * Runs one statement on pg itself, for the statements that every event and delivery needs: Prisma's client around pg costs
   * a worker 27 us per delivery, and as much again in garbage. Values and rows are converted by pg: an int8 is text.
   */
  readonly query: RunStatement;
  /** The connections of the pool; `waiting` counts statements without one. */
  connections(): { readonly busy: number; readonly idle: number; readonly waiting: number };
  /**
   * Rejects what Postgres has not answered, and refuses new statements at once, until Postgres answers or `resume` is called:
   * for a process whose callers would rather hear of an outage than wait for its end.
   */
  suspend(): void;
  resume(): void;
  close(): Promise<void>;
}

function connectionsOf({ totalCount, idleCount, waitingCount }: pg.Pool): ReturnType<OpenDatabase['connections']> {
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

type InteractiveTransaction = <T>(
  work: (tx: Statements) => Promise<T>,
  limits?: Parameters<Database['$transaction']>[1],
) => Promise<T>;

/**
 * Time zone: must be UTC, because Prisma's adapter sends instants without an offset and ignores the offset in results.
 * Generic plans: each connection plans a statement once instead of once per set of values, because planning most statements
 * takes longer than running them. Statements are written so that one plan suits all values.
 * Settings are sent in a statement instead of as startup parameters, because `options` in the URL would replace those and
 * PgBouncer refuses them.
 */
async function prepareSession(client: pg.ClientBase, statementTimeoutMs: number, silenceMs: number): Promise<void> {
  if (client instanceof pg.Client) closeWithServer(client, silenceMs);
  await client.query(
    `SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', $1, false),
            set_config('idle_in_transaction_session_timeout', $2, false),
            set_config('plan_cache_mode', 'force_generic_plan', false)`,
    [String(statementTimeoutMs), String(silenceMs)],
  );
}

/**
 * Ends a connection when its server reports FATAL, because the socket closes later and the pool would reuse the connection
 * until then. Destroys it when the server is frozen and sends nothing beyond its statement timeout.
 */
function closeWithServer(client: pg.Client, silenceMs: number): void {
  const { connection } = client;
  connection.on('errorMessage', ({ severity }: { readonly severity?: string }) => {
    if (severity === 'FATAL' || severity === 'PANIC') client.end().catch(() => {}); // already broken
  });
  const { stream } = connection;
  if (stream instanceof Socket) stream.setTimeout(silenceMs, () => stream.destroy());
}

/** Names statements so that each connection parses them once; statements beyond the bound are parsed every time. */
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
