import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface ForwardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Forwarded =
  | { readonly kind: 'answered'; readonly status: number; readonly durationMs: number; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** As the sender waits at most. */
const TIMEOUT_MS = 30_000;

/** Sends a request to another URL: method, header names as they are written, and body bytes are kept. Never throws for what the receiver does. */
export async function forwardRequest(
  url: URL,
  { method, headers, body }: ForwardedRequest,
  signal: AbortSignal,
): Promise<Forwarded> {
  const bytes = Buffer.from(body);
  const startedAtMs = performance.now();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(url, {
    method,
    headers: { ...headers, 'content-length': String(bytes.length) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    agent: false,
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject).end(bytes);
    });
    const answer = await text(response);
    const durationMs = Math.round(performance.now() - startedAtMs);
    return { kind: 'answered', status: response.statusCode ?? 0, durationMs, body: answer };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || (error.cause instanceof Error && error.cause.name === 'TimeoutError')) {
    return `no answer within ${TIMEOUT_MS / 1000} s`;
  }
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message;
}
