import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { paths } from '../../../client/generated/api.ts';
import type { Schemas } from '../../../client/index.ts';
import { ApiError } from '../api/api-error.ts';
import { api, dataOf } from '../api/client.ts';

export type StreamMessage = Schemas['StreamMessage'];
export type StreamQuery = paths['/v1/stream']['get']['parameters']['query'];

/** Two heartbeats. */
export const SILENCE_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A stream that was refused is not asked for again sooner. */
const REFUSED_PAUSE_MS = 30_000;

interface Listener {
  message(message: StreamMessage): void;
  /** The API has none to give: too many are open. Not called for a connection that breaks. */
  refused(): void;
}

/** The id of the last message, by which the next connection of this tab goes on where the last one was. */
let lastId: string | undefined;

/** Keeps a stream of changes open until `signal` is aborted: connects again when it breaks off, and goes on where it was. */
export async function keepConnected(query: StreamQuery, listener: Listener, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 0; !signal.aborted; ) {
    const connection = new AbortController();
    try {
      const body = await open(query, AbortSignal.any([signal, connection.signal]));
      pauseMs = 0;
      await readMessages(body, connection, (message) => {
        lastId = message.id ?? lastId;
        if (!signal.aborted) listener.message(message);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status < 500) {
        if (error.status === 401) return; // the session has ended: signing in starts anew
        listener.refused();
        pauseMs = REFUSED_PAUSE_MS;
      }
    } finally {
      connection.abort();
    }
    pauseMs = pauseMs === REFUSED_PAUSE_MS ? pauseMs : Math.min(Math.max(2 * pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    await pause(pauseMs, signal);
    if (pauseMs === REFUSED_PAUSE_MS) pauseMs = 0;
  }
}

/** @throws ApiError, or TypeError when the API does not answer */
async function open(query: StreamQuery, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const params = { query, ...(lastId !== undefined && { header: { 'Last-Event-ID': lastId } }) };
  const body = await dataOf(api.GET('/v1/stream', { params, signal, parseAs: 'stream' }));
  if (!body) throw new TypeError('the API answered without a stream');
  return body;
}

/** Until the connection ends; it is given up after a silence. */
async function readMessages(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
  take: (message: StreamMessage) => void,
): Promise<void> {
  const text = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
  const events = text.pipeThrough(new EventSourceParserStream()).getReader();
  for (;;) {
    const silence = setTimeout(() => connection.abort(), SILENCE_MS);
    const { done, value } = await events.read().finally(() => clearTimeout(silence));
    if (done) return;
    const { event, id, data } = value;
    take({ event, id, data: JSON.parse(data) } as StreamMessage);
  }
}

/** Shorter when the browser is online again. Ends early when `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}
