import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Schemas } from '../client/index.ts';
import type { CommandContext } from './command.ts';
import { CommandFailed, EXIT } from './exit.ts';
import { dataOf } from './session.ts';

export type StreamMessage = Schemas['StreamMessage'];

/** The parameters of a stream; `topics` as the API takes them. */
export interface WatchQuery {
  readonly topics: string;
  readonly [name: string]: unknown;
}

/** Two heartbeats. */
const SILENCE_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Watches changes until `signal` is aborted: connects again when the connection breaks, and goes on where it was. Heartbeats are
 * left out.
 *
 * @throws CommandFailed when the API refuses the stream, does not answer at first, or the key is revoked
 */
export async function* watchChanges(
  context: CommandContext,
  query: WatchQuery,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  let lastId: string | undefined;
  let pauseMs = 0;
  let wasOpen = false;
  while (!signal.aborted) {
    const connection = new AbortController();
    try {
      const body = await open(context, query, lastId, AbortSignal.any([signal, connection.signal]));
      if (wasOpen) context.output.note('Connected again.');
      wasOpen = true;
      pauseMs = 0;
      for await (const message of messagesOf(body, connection)) {
        lastId = message.id ?? lastId;
        if (message.event === 'end' && message.data.reason !== 'shutdown') {
          throw new CommandFailed('The API ended the stream: the key is no longer valid.', EXIT.denied);
        }
        if (message.event !== 'heartbeat' && message.event !== 'end') yield message;
      }
    } catch (error) {
      if (signal.aborted) return;
      const isLasting = error instanceof CommandFailed && (!wasOpen || error.exitCode !== EXIT.unavailable);
      if (isLasting) throw error;
    } finally {
      connection.abort();
    }
    if (signal.aborted) return;
    if (pauseMs === 0) context.output.note('The stream broke off. Connecting again.');
    pauseMs = Math.min(Math.max(2 * pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
  }
}

/** @throws CommandFailed, or an error of the connection */
async function open(
  { client, scope }: CommandContext,
  query: WatchQuery,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const params = {
    query: { ...scope, ...query },
    ...(lastId !== undefined && { header: { 'Last-Event-ID': lastId } }),
  };
  const body = await dataOf(client.GET('/v1/stream', { params, signal, parseAs: 'stream' }));
  if (!body) throw new CommandFailed('The API answered without a stream.', EXIT.unavailable);
  return body;
}

/** The messages of one connection, which is given up after a silence. */
async function* messagesOf(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
): AsyncGenerator<StreamMessage | { readonly event: 'heartbeat'; readonly id?: string; readonly data: object }> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  for (;;) {
    // not while the caller is busy with a message
    const silence = setTimeout(() => connection.abort(), SILENCE_MS);
    const { done, value } = await events.read().finally(() => clearTimeout(silence));
    if (done) return;
    const { event, id, data } = value;
    yield { event, id, data: JSON.parse(data) } as StreamMessage;
  }
}

/** What is unavailable, in words. */
export function systemNote({ parts }: Schemas['Readiness']): string {
  const wrong = Object.entries(parts).flatMap(([part, { ok, detail = 'unavailable' }]) =>
    ok ? [] : [`${part}: ${detail}`],
  );
  return wrong.join('; ') || 'Everything is available again.';
}

/** Aborted when the person, or the system, asks the command to stop. */
export function untilStopped(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
