import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toUuid } from '../../../src/domain/id.ts';
import { changeConfiguration } from '../../../src/store/configuration/change-configuration.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenTenant } from './samples.ts';

let database: TestDatabase;
let db: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, poolSize: 3, connectTimeoutMs: 2000 });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

test('changes of one tenant that wait for its lock leave the other connections to others', async () => {
  const [busy, other] = [await givenTenant(db), await givenTenant(db)];
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM tenants WHERE id = $1 FOR UPDATE', [toUuid(busy)]);
  const order: number[] = [];
  const changes = Array.from({ length: 20 }, (_, number) =>
    changeConfiguration(db, busy, async () => {
      order.push(number);
    }),
  );
  expect(await changeConfiguration(db, other, async () => 'changed')).toBe('changed');
  expect(db.connections()).toMatchObject({ busy: 1, waiting: 0 });
  expect(order).toEqual([]);
  await holder.query('COMMIT');
  await holder.end();
  await Promise.all(changes);
  expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
});
