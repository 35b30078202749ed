import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { exportsOf } from '../../../src/api/exports.ts';
import { pageQuerySchema, pageSchema } from '../../../src/api/paging.ts';
import { type Context, globalRoute, StreamAnswer } from '../../../src/api/route.ts';

const item = z.strictObject({ text: z.string(), id: z.string() }).meta({ id: 'Item' });
const logged: string[] = [];
const context = { log: { error: (_fields: object, text: string) => logged.push(text) } } as unknown as Context;
let pages = 0;

/** A list of endless pages whose third fails. */
const [route] = exportsOf([
  globalRoute({
    method: 'get',
    path: '/v1/tenants',
    operationId: 'listTenants',
    tag: 'tenants',
    summary: 'List items',
    query: pageQuerySchema,
    status: 200,
    answer: pageSchema(item),
    async handle(_context, { query: { limit, cursor } }) {
      pages += 1;
      if (cursor === 'third') throw new Error('Postgres is gone');
      const data = Array.from({ length: limit }, (_, n) => ({ id: `${cursor ?? 'first'}-${n}`, text: 'x'.repeat(1000) }));
      return { data, nextCursor: cursor === undefined ? 'second' : 'third' };
    },
  }),
]);

const app = express();
app.get('/', async (_request, response) => {
  const answer = await route?.handle(context, { query: { format: 'ndjson' } } as never);
  if (answer instanceof StreamAnswer) answer.begin(response);
});
let server: Server;

beforeAll(async () => {
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

test('an export whose list fails on the way does not look whole', async () => {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect(response.text()).rejects.toThrow();
  expect(pages).toBe(3);
  expect(logged).toEqual(['an export was broken off']);
});
