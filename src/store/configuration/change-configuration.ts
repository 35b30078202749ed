import { notFound } from '../../domain/errors.ts';
import { type TenantId, toUuid } from '../../domain/id.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { type Database, inTransaction, type Statements } from '../database.ts';
import { Turns } from '../turns.ts';

/** The most changes of one tenant that a process has under way and waiting. */
const MAX_WAITING = 200;
const turnsOf = new WeakMap<Database, Turns<TenantId>>();
/** Databases that are one transaction of a tenant; see `changeTogether`. */
const transactions = new WeakMap<Database, Transaction>();

interface Transaction {
  readonly tenantId: TenantId;
  readonly tx: Statements;
  readonly afterCommit: AfterChange[];
}

/** What follows a change of the configuration, in transactions of its own. Returns the deliveries that became due. */
type AfterChange = (db: Database) => Promise<readonly DueDelivery[]>;

/**
 * Changes a tenant's configuration: raises its version and runs `work` in one transaction. The version is raised first,
 * because its row lock serialises the tenant's changes, so that no other change can invalidate the reads in `work`.
 * The changes of one tenant wait for each other before they take a connection: waiting for the lock, they would take all of them.
 *
 * @throws Problem `not_found` when the tenant does not exist or was deleted; Unavailable; Overloaded when too many are waiting
 */
export function changeConfiguration<T>(db: Database, tenantId: TenantId, work: (tx: Statements) => Promise<T>): Promise<T> {
  const together = transactions.get(db);
  if (together) return work(ofTenant(together, tenantId).tx);
  const turns = turnsOf.get(db) ?? new Turns<TenantId>(MAX_WAITING);
  turnsOf.set(db, turns);
  return turns.run(tenantId, () =>
    db.$transaction(async (tx) => {
      const found = await tx.$executeRaw`
        UPDATE tenants SET config_version = config_version + 1 WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
      if (found === 0) throw notFound('tenant');
      return work(tx);
    }),
  );
}

/** Does what follows a change: at once, or after the commit of the transaction that the change is a part of. */
export async function afterChange(db: Database, work: AfterChange): Promise<readonly DueDelivery[]> {
  const together = transactions.get(db);
  if (!together) return work(db);
  together.afterCommit.push(work);
  return [];
}

/**
 * Runs several changes of one tenant as one: stores that are created on the database which `work` gets read and write in one
 * transaction. All is saved, or nothing when `work` throws.
 *
 * @param work must use no other database: with a pool of one connection it would wait for itself
 * @throws as `changeConfiguration`
 */
export async function changeTogether<T>(
  db: Database,
  tenantId: TenantId,
  work: (db: Database) => Promise<T>,
): Promise<{ readonly result: T; readonly released: readonly DueDelivery[] }> {
  const afterCommit: AfterChange[] = [];
  const result = await changeConfiguration(db, tenantId, (tx) => {
    const bound = boundTo(tx);
    transactions.set(bound, { tenantId, tx, afterCommit });
    return work(bound);
  });
  const released: DueDelivery[] = [];
  for (const follow of afterCommit) released.push(...(await follow(db)));
  return { result, released };
}

/** A database whose statements and transactions are those of `tx`. */
function boundTo(tx: Statements): Database {
  const own = {
    query: inTransaction(tx),
    $transaction: (work: (tx: Statements) => Promise<unknown>) => work(tx),
  };
  const bound: unknown = new Proxy(tx, {
    get: (target, name) => (Object.hasOwn(own, name) ? own[name as keyof typeof own] : Reflect.get(target, name)),
  });
  return bound as Database;
}

function ofTenant(transaction: Transaction, tenantId: TenantId): Transaction {
  if (transaction.tenantId === tenantId) return transaction;
  throw new Error(`a transaction of ${transaction.tenantId} cannot change ${tenantId}`);
}
