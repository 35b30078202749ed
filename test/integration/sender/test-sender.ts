import { onTestFinished } from 'vitest';
import type { BrokenOff, OutgoingRequest, SendOutcome } from '../../../src/domain/attempt.ts';
import type { Sender } from '../../../src/ports/sending.ts';
import { createSender, type SenderOptions } from '../../../src/sender/got-sender.ts';

/** A sender that may dial 127.0.0.1 by http and ends with its test. */
export function startSender(options: Partial<SenderOptions> = {}): Sender & { close(): void } {
  const sender = createSender({ allowHttp: true, allowedNetworks: ['127.0.0.1/32'], ...options });
  onTestFinished(() => sender.close());
  return sender;
}

export function requestTo(url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    timeoutMs: 30_000,
    ...changes,
  };
}

/** Sends one request with a sender of its own. */
export function send(url: string, changes: Partial<OutgoingRequest> = {}): Promise<SendOutcome | BrokenOff> {
  return startSender().send(requestTo(url, changes));
}
