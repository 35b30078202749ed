import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../prisma/migrate.ts';
import { Overloaded, Unavailable } from '../../../src/domain/errors.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { violatedIndex } from '../../../src/store/database-errors.ts';
import { Prisma } from '../../../src/store/generated/client.ts';
import { openPool } from '../../../src/store/pool.ts';
import { eventually } from '../../support/poll.ts';
import { usePrivateServers } from '../../support/servers.ts';
import { tenant } from './samples.ts';

const servers = usePrivateServers();
let db: ReturnType<typeof openDatabase>;
const lost: Error[] = [];

beforeAll(async () => {
  const { url } = servers().postgres;
  await migrate(url);
  db = openDatabase({
    url,
    poolSize: 2,
    connectTimeoutMs: 3_000,
    statementTimeoutMs: 2_000,
    onConnectionLost: (error) => lost.push(error),
  });
});

afterAll(() => db?.close());

const backendOf = async (statements: Pick<typeof db, '$queryRaw'>) =>
  (await statements.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`)[0]?.pid ?? 0;
const terminate = (pid: number) => db.$queryRaw`SELECT pg_terminate_backend(${pid}::int)`;

describe('a database', () => {
  it('uses UTC for instants, whatever the time zone of the server', async () => {
    const at = new Date('2026-07-01T12:00:00.123Z');
    await db.$executeRawUnsafe(`ALTER DATABASE postgres SET TimeZone = 'Asia/Tokyo'`);
    const fresh = openDatabase({ url: servers().postgres.url });
    try {
      expect(
        await fresh.$queryRaw`SELECT ${at}::timestamptz AS at, extract(epoch FROM ${at}::timestamptz)::float8 AS s`,
      ).toEqual([{ at, s: at.getTime() / 1000 }]);
    } finally {
      await fresh.close();
    }
  });

  it('prepares a statement once per connection', async () => {
    const prepared = await db.$transaction(async (tx) => {
      for (const n of [1, 2, 3]) await tx.$queryRaw`SELECT ${n}::int AS hot`;
      return tx.$queryRaw`SELECT count(*)::int AS n FROM pg_prepared_statements WHERE statement LIKE '%AS hot'`;
    });
    expect(prepared).toEqual([{ n: 1 }]);
  });

  it.each([
    ['a pool', openPool],
    ['a database whose client has run nothing', openDatabase],
  ])('has no connection after %s is closed', async (_name, open) => {
    const applicationName = `closing-${open.name}`;
    const opened = open({ url: servers().postgres.url, applicationName });
    await opened.query(Prisma.sql`SELECT 1 AS one`);
    await opened.close();
    expect(opened.connections()).toEqual({ busy: 0, idle: 0, waiting: 0 });
    await eventually(async () => {
      const [row] = await db.$queryRaw<{ n: number }[]>`
        SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = ${applicationName}`;
      return row?.n === 0;
    });
  });

  it('names the unique index that a statement violated', async () => {
    const made = tenant();
    const tenants = createTenantStore(db);
    await tenants.create(made);
    const error = await tenants.create(made).catch((thrown: unknown) => thrown);
    expect(violatedIndex(error)).toBe('tenants_pkey');
    const insert = db.$executeRaw`INSERT INTO kept_answers (scope, key, request_hash) VALUES ('a', 'b', ''), ('a', 'b', '')`;
    expect(violatedIndex(await insert.catch((thrown: unknown) => thrown))).toBe('kept_answers_pkey');
    expect(violatedIndex(new Error('other'))).toBeUndefined();
  });
});

describe('Postgres unavailable', () => {
  it('is not what a statement that takes too long means', async () => {
    await expect(db.$queryRaw`SELECT pg_sleep(5)::text`).rejects.toThrow(Overloaded);
  });

  it('is known of a frozen one too: what is open is rejected, and all works again when it is thawed', async () => {
    let silences = 0;
    const api = openDatabase({
      url: servers().postgres.url,
      onSilence: async () => {
        silences += 1;
        api.suspend();
        return true;
      },
    });
    try {
      await api.$queryRaw`SELECT 1 AS one`;
      servers().postgres.freeze();
      const open = [
        api.$queryRaw`SELECT 1 AS one`,
        api.$transaction((tx) => tx.$queryRaw`SELECT 1 AS one`),
        api.tenant.findFirst(),
      ];
      for (const statement of open) await expect(statement).rejects.toThrow(Unavailable);
      expect(silences).toBeGreaterThan(0);
      await expect(api.tenant.findFirst()).rejects.toThrow(Unavailable);
      servers().postgres.thaw();
      expect(await eventually(() => api.$queryRaw`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
      const used = await api.$transaction((tx) => tx.$queryRaw`SELECT 2 AS two`);
      expect(used).toEqual([{ two: 2 }]);
    } finally {
      servers().postgres.thaw();
      await api.close();
    }
  });

  it('is Unavailable when no connection is free in time, for a transaction too', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let held = 0;
    const hold = () =>
      db.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1 AS one`;
        held += 1;
        await released;
      });
    const holding = [hold(), hold()];
    await eventually(() => held === 2);
    await expect(db.$queryRaw`SELECT 1 AS one`).rejects.toThrow(Unavailable);
    release();
    await Promise.all(holding);
    const tooShort = db.$transaction((tx) => tx.$queryRaw`SELECT pg_sleep(0.5)::text`, { timeout: 100 });
    await expect(tooShort).rejects.toThrow(Unavailable);
  });

  it('is Unavailable when the connection breaks under a statement, a transaction or a COMMIT', async () => {
    await expect(db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`).rejects.toThrow(Unavailable);
    expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    const broken = db.$transaction(async (tx) => {
      await terminate(await backendOf(tx));
      await tx.$queryRaw`SELECT 1 AS one`;
    });
    await expect(broken).rejects.toThrow(Unavailable);
    const uncommitted = db.$transaction(async (tx) => {
      await terminate(await backendOf(tx)); // COMMIT meets a connection that is ending or has ended
    });
    await expect(uncommitted).rejects.toThrow(Unavailable);
    const next = await Promise.all([1, 2, 3].map(() => db.$queryRaw`SELECT 1 AS one`));
    expect(next).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]]);
  });

  it('does no harm to a process whose connections were idle', async () => {
    const pid = await backendOf(db);
    const before = lost.length;
    await withOther((other) => other.$queryRaw`SELECT pg_terminate_backend(${pid}::int)`);
    await eventually(() => lost.length > before);
    expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('ends when it is available again: stopped, killed or restarted', async () => {
    const tenants = createTenantStore(db);
    await servers().postgres.stop();
    await expect(tenants.create(tenant())).rejects.toThrow(Unavailable);
    await expect(db.$transaction((tx) => tx.$queryRaw`SELECT 1 AS one`)).rejects.toThrow(Unavailable);
    await servers().postgres.start();
    await tenants.create(tenant());

    const under = db.$queryRaw`SELECT pg_sleep(1.5)::text`.catch((error: unknown) => error);
    await servers().postgres.kill();
    expect(await under).toBeInstanceOf(Unavailable);
    await servers().postgres.start();
    await tenants.create(tenant());
  });
});

async function withOther<T>(work: (other: typeof db) => Promise<T>): Promise<T> {
  const other = openDatabase({ url: servers().postgres.url, poolSize: 1 });
  try {
    return await work(other);
  } finally {
    await other.close();
  }
}
