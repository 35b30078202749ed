import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import got from 'got';
import pg from 'pg';
import { serve } from '../../test/support/calls.ts';

// Baseline: the least that accepting and delivering an event takes. Express takes the event, one INSERT is committed through pg,
// the answer follows; then a got POST, and one UPDATE is committed. No queue, no validation, no signature, one process.

const TABLE = `
  CREATE TABLE chain (id text PRIMARY KEY, event json NOT NULL, state text NOT NULL, body text, status int,
    accepted_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz)`;
const CONNECTIONS = 10;

const agent = new Agent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 128 });
const client = got.extend({
  agent: { http: agent },
  headers: { 'content-type': 'application/json' },
  retry: { limit: 0 },
  timeout: { connect: 10_000, request: 15_000 },
});

/** What `postedEvent` makes, as far as the chain looks at it. */
interface PostedBody {
  readonly id: string;
  readonly type: string;
  readonly templateId: string;
  readonly occurredAt: string;
}

interface Wanted {
  readonly databaseUrl: string;
  /** Where the events of a template go. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** Opens the chain; returns its base URL. */
async function open({ databaseUrl, endpoints }: Wanted): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  await pool.query(TABLE);
  const deliver = async (event: PostedBody): Promise<void> => {
    const url = endpoints[event.templateId];
    if (!url) throw new Error(`no endpoint for the template ${event.templateId}`);
    const body = JSON.stringify({
      type: event.type,
      timestamp: event.occurredAt,
      data: { producerId: event.id, ...event },
    });
    const { statusCode } = await client.post(url, { body });
    const update = 'UPDATE chain SET state = $2, body = $3, status = $4, ended_at = now() WHERE id = $1';
    await pool.query({ name: 'end', text: update, values: [event.id, 'succeeded', body, statusCode] });
  };
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '1mb' }));
  app.post('/v1/events', async (request, response) => {
    const event = request.body as PostedBody;
    const insert = `INSERT INTO chain (id, event, state) VALUES ($1, $2, 'pending')`;
    await pool.query({ name: 'accept', text: insert, values: [event.id, JSON.stringify(event)] });
    response.status(202).json({ id: event.id });
    deliver(event).catch((error: unknown) => console.error(error));
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const commands = { open };

export type BareChainCommands = typeof commands;
serve(commands);
