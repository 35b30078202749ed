import { createParser } from 'eventsource-parser';
import type { Json } from './client.ts';
import { eventually, type PollOptions } from './poll.ts';

export interface StreamedMessage {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Json;
  readonly atMs: number;
}

export interface StreamOptions {
  readonly lastEventId?: string | undefined;
}

/** An open stream of the API, and what it has sent so far. */
export class EventStream {
  readonly messages: StreamedMessage[] = [];
  readonly response: Response;
  readonly #abort: AbortController;
  /** The server ended it, or the connection broke. */
  hasEnded = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#read();
  }

  /** @throws Error when the API refuses it */
  static async open(url: string, key: string, { lastEventId }: StreamOptions = {}): Promise<EventStream> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${key}`, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new EventStream(response, abort);
  }

  /** Opens it and waits until it is ready. */
  static async ready(url: string, key: string, options: StreamOptions = {}): Promise<EventStream> {
    const stream = await EventStream.open(url, key, options);
    await stream.next('ready');
    return stream;
  }

  of(event: string): StreamedMessage[] {
    return this.messages.filter((message) => message.event === event);
  }

  get lastId(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  /** Waits for `count` messages of an event, and returns all of it. */
  next(event: string, count = 1, options: PollOptions = {}): Promise<StreamedMessage[]> {
    return eventually(() => this.of(event).length >= count && this.of(event), { what: `${event} ${count}`, ...options });
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const parser = createParser({
      onEvent: ({ event = 'message', id, data }) =>
        this.messages.push({ event, id, data: JSON.parse(data) as Json, atMs: performance.now() }),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // closed here, or broken off there
    }
    this.hasEnded = true;
  }
}
