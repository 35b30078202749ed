import type { IncomingMessage, ServerResponse } from 'node:http';

const LINGER_MS = 1000;
const LINGER_BYTES = 1024 * 1024;

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** True when a part of the request's body has not arrived: it stands between this request and the next on its connection. */
export function isBodyUnread(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete;
}

/** True while the client waits for `100 Continue` and has sent nothing of its body. */
export function isWaiting({ headers }: IncomingMessage): boolean {
  return headers.expect !== undefined;
}

/** Sends `100 Continue`. From now on the body comes, as that of any other request. */
export function letSend(request: IncomingMessage, response: ServerResponse): void {
  delete request.headers.expect;
  response.writeContinue();
}

/**
 * Sends a response and closes the connection, since the rest of the request's body is not wanted. What arrives within a second is
 * discarded first, up to 1 MiB: closing on unread bytes would reset the connection, perhaps before the client has the response.
 */
export function endUnread(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.setHeader('connection', 'close');
  if (body === '' || isWaiting(request)) {
    response.end(body);
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(body));
  response.write(body);
  let discarded = 0;
  const end = (): void => {
    clearTimeout(timer);
    request.off('data', discard).off('end', end).off('close', end);
    response.end();
  };
  const discard = (chunk: Buffer): void => {
    discarded += chunk.length;
    if (discarded > LINGER_BYTES) end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).on('data', discard).resume();
}
