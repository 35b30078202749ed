import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { endUnread, letSend } from '../../../src/api/unread-body.ts';

/** A request that expects 100 Continue, and its response. */
function expecting() {
  const request = Object.assign(new PassThrough(), { headers: { expect: '100-continue', 'content-length': '9' } });
  const response = { setHeader: vi.fn(), writeContinue: vi.fn(), write: vi.fn(), end: vi.fn() };
  return { request: request as unknown as IncomingMessage & PassThrough, response: response as unknown as ServerResponse };
}

test('a client that waits for 100 Continue has sent nothing: the connection is closed at once', () => {
  const { request, response } = expecting();
  endUnread(request, response, '{}');
  expect(response.end).toHaveBeenCalledWith('{}');
});

test('after 100 Continue the rest of the body is discarded first, so that the client reads the response', async () => {
  const { request, response } = expecting();
  letSend(request, response);
  expect(response.writeContinue).toHaveBeenCalledOnce();
  endUnread(request, response, '{}');
  expect(response.write).toHaveBeenCalledWith('{}');
  expect(response.end).not.toHaveBeenCalled();
  request.end('the rest!');
  await vi.waitFor(() => expect(response.end).toHaveBeenCalledOnce());
});
