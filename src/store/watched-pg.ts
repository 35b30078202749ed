import { PrismaPg } from '@prisma/adapter-pg';
import type { StatementWatch } from './statement-watch.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** Prisma's adapter for pg with watched statements. Every statement, BEGIN and COMMIT included, passes through the adapter. */
export class WatchedPg extends PrismaPg {
  readonly #watch: StatementWatch;

  constructor(watch: StatementWatch, ...parameters: ConstructorParameters<typeof PrismaPg>) {
    super(...parameters);
    this.#watch = watch;
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    const runToEnd: Run = (work) => this.#watch.runToEnd(work);
    adapter.startTransaction = (level) =>
      runToEnd(async () => withStatementsRunBy(runToEnd, await startTransaction(level)));
    return withStatementsRunBy((work) => this.#watch.run(work), adapter);
  }
}

type Run = <T>(work: () => Promise<T>) => Promise<T>;

function withStatementsRunBy<T extends Adapter | AdapterTransaction>(run: Run, queryable: T): T {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (query) => run(() => queryRaw(query));
  queryable.executeRaw = (query) => run(() => executeRaw(query));
  return queryable;
}
