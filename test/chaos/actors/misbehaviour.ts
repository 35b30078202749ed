import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

// What no receiver should do, and some do.

export const MISBEHAVIOURS = ['reset', 'hang', 'drip', 'flood', 'garbage'] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

const DRIP_MS = 1000;
const FLOOD_BYTES = 100 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const GARBAGE_BYTES = 2000;

/** @param end called with the result of the request before the first byte of a response is sent */
export async function misbehave(
  misbehaviour: Misbehaviour,
  response: ServerResponse,
  end: (fate: 'taken' | 'refused') => void,
): Promise<void> {
  const { socket } = response;
  switch (misbehaviour) {
    case 'hang':
      return;
    case 'reset':
      end('refused');
      socket?.resetAndDestroy();
      return;
    case 'garbage':
      end('refused');
      socket?.end(randomBytes(GARBAGE_BYTES));
      return;
    case 'drip':
      // never gets to the end of its head within anybody's patience
      for (const byte of 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n') {
        if (!socket || socket.destroyed) return;
        socket.write(byte);
        await sleep(DRIP_MS);
      }
      return;
    case 'flood':
      end('taken');
      response.writeHead(200, { 'content-length': FLOOD_BYTES });
      await flood(response);
  }
}

async function flood(response: ServerResponse): Promise<void> {
  for (let written = 0; written < FLOOD_BYTES; written += CHUNK.length) {
    if (response.destroyed) return;
    if (response.write(CHUNK)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }
  response.end();
}
