import { Socket } from 'node:net';
import pg from 'pg';
import type { Prisma } from './generated/client.ts';
import { StatementWatch } from './statement-watch.ts';

export interface PoolOptions {
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
   * Postgres is detected: see `suspend`.
   */
  readonly onSilence?: () => Promise<boolean>;
}

export const DEFAULT_TIMEOUTS = { connectTimeoutMs: 3_000, statementTimeoutMs: 10_000 };
const IDLE_MS = 10_000;
/** Bound on prepared statements, for the server's memory; far more than the product's distinct statements. */
const MAX_PREPARED = 500;

/** Runs one statement: `StatementPool.query`, or Prisma's client in a transaction (`inTransaction`). */
export type RunStatement = <Row>(statement: Prisma.Sql) => Promise<Row[]>;

/** Runs single statements on pg. */
export interface StatementPool {
  /**
   * Runs one statement on pg itself, for the statements that every event and delivery needs: Prisma's client around pg costs
   * a worker 27 us per delivery, and as much again in garbage. Values and rows are converted by pg: an int8 is text.
   */
  readonly query: RunStatement;
  /** The connections of the pool; `waiting` counts statements without one. */
  connections(): { readonly busy: number; readonly idle: number; readonly waiting: number };
  /**
   * Rejects what Postgres has not answered, and refuses new statements at once, until Postgres answers or `resume` is called:
   * for a process whose callers prefer an error to waiting.
   */
  suspend(): void;
  resume(): void;
  close(): Promise<void>;
}

/** What a database on top of the pool needs. */
export interface OpenPool extends StatementPool {
  readonly pool: pg.Pool;
  readonly watch: StatementWatch;
  readonly nameStatement: (query: { readonly sql: string }) => string;
}

/**
 * Creates a connection pool; the first statement connects. Every statement throws `Unavailable` when Postgres is unreachable,
 * restarts, refuses connections or does not respond in time; a later statement reconnects.
 */
export function openPool(options: PoolOptions): OpenPool {
  const { connectTimeoutMs, statementTimeoutMs } = { ...DEFAULT_TIMEOUTS, ...options };
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: options.applicationName ?? 'passwire',
    onConnect: (client) => prepareSession(client, statementTimeoutMs, silenceMsOf(statementTimeoutMs)),
  });
  pool.on('error', options.onConnectionLost ?? (() => {}));
  const watch = new StatementWatch({ onSilence: options.onSilence });
  const nameStatement = statementNames();
  return {
    pool,
    watch,
    nameStatement,
    async query<Row>({ text, values }: Prisma.Sql) {
      const name = nameStatement({ sql: text });
      const { rows } = await watch.run(() => pool.query<Row & pg.QueryResultRow>({ name, text, values }));
      return rows;
    },
    connections: () => connectionsOf(pool),
    suspend: () => watch.suspend(),
    resume: () => watch.resume(),
    async close() {
      watch.close();
      await pool.end();
    },
  };
}

/** How long a server may send nothing beyond its statement timeout before its connections are destroyed. */
export function silenceMsOf(statementTimeoutMs: number): number {
  return Math.max(statementTimeoutMs, IDLE_MS) + 5_000;
}

function connectionsOf({ totalCount, idleCount, waitingCount }: pg.Pool): ReturnType<StatementPool['connections']> {
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

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
