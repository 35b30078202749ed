import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventWriter } from '../../../../src/api/stream/event-writer.ts';
import { eventually } from '../../../support/poll.ts';

const MESSAGE = 'x'.repeat(16 * 1024);
const MAX_BUFFERED = 64 * 1024;
const writers: EventWriter[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    const writer = new EventWriter(response, MAX_BUFFERED);
    writer.begin();
    writers.push(writer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function connect(): Promise<{ response: IncomingMessage; writer: EventWriter }> {
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request({ port, host: '127.0.0.1' }, resolve).once('error', reject).end(),
  );
  const writer = writers.at(-1);
  if (!writer) throw new Error('the server has the request by now');
  return { response, writer };
}

test('writes what a client parses', async () => {
  const { response, writer } = await connect();
  writer.send('delivery', { text: 'a\nb' }, 'id-1');
  writer.send('reset', {});
  writer.end();
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(text).toBe('event: delivery\nid: id-1\ndata: {"text":"a\\nb"}\n\nevent: reset\ndata: {}\n\n');
  expect(writer.isOpen).toBe(false);
});

test('a client that does not read is disconnected, and one that reads is not', async () => {
  const [slow, quick] = [await connect(), await connect()];
  slow.response.pause();
  slow.response.on('error', () => {});
  let read = 0;
  quick.response.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  let sent = 0;
  await eventually(
    () => {
      for (const { writer } of [slow, quick]) writer.send('delivery', { MESSAGE });
      sent += MESSAGE.length;
      return !slow.writer.isOpen;
    },
    { everyMs: 0 },
  );
  await eventually(() => read > sent);
  expect(quick.writer.isOpen).toBe(true);
});
