import { toUuid } from '../domain/id.ts';
import type { Actor } from '../ports/audit.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import {
  DEFAULT_TIMEOUTS,
  openPool,
  type PoolOptions,
  type RunStatement,
  type StatementPool,
  silenceMsOf,
} from './pool.ts';
import { WatchedPg } from './watched-pg.ts';

export type Database = PrismaClient & StatementPool;
/** Runs statements: a database, or one transaction on it. */
export type Statements = Prisma.TransactionClient;

export interface DatabaseOptions extends PoolOptions {
  /** For whom a transaction that begins now acts; undefined: for the system. */
  readonly currentActor?: () => Actor | undefined;
}

/**
 * Prisma's client on a connection pool; see `openPool`. BEGIN and COMMIT throw `Unavailable` as other statements do. A COMMIT that
 * throws it may have taken effect.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { connectTimeoutMs, statementTimeoutMs } = { ...DEFAULT_TIMEOUTS, ...options };
  const { pool, watch, nameStatement, ...statements } = openPool(options);
  const adapter = new WatchedPg(watch, pool, {
    onConnectionError: options.onConnectionLost ?? (() => {}),
    statementNameGenerator: nameStatement,
  });
  const db = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectTimeoutMs + silenceMsOf(statementTimeoutMs), timeout: 6 * statementTimeoutMs },
  });
  const transaction: InteractiveTransaction = db.$transaction.bind(db);
  // Prisma's own timeouts are thrown above the adapter; and it rejects a transaction only after its ROLLBACK.
  const $transaction: InteractiveTransaction = (work, limits) => {
    const actor = options.currentActor?.();
    const run: typeof work = async (tx) => {
      if (actor) await setActor(tx, actor);
      return work(tx);
    };
    return watch.run(() => transaction(actor ? run : work, limits));
  };
  return Object.assign(db, {
    ...statements,
    $transaction: $transaction as Database['$transaction'],
    async close() {
      await db.$disconnect();
      await statements.close();
    },
  });
}

/** Runs statements in a transaction, for code that also runs outside of one. */
export function inTransaction(tx: Statements): RunStatement {
  return (statement) => tx.$queryRaw(statement);
}

/** Names the actor of a transaction, until it ends; see the migration `audit`. */
async function setActor(tx: Statements, { id, role, name, subject, tenantId, requestId }: Actor): Promise<void> {
  const actor = JSON.stringify({ id, role, name, subject, tenant: tenantId && toUuid(tenantId), requestId });
  await tx.$executeRaw`SELECT set_config('passwire.actor', ${actor}, true)`;
}

type InteractiveTransaction = <T>(
  work: (tx: Statements) => Promise<T>,
  limits?: Parameters<Database['$transaction']>[1],
) => Promise<T>;
