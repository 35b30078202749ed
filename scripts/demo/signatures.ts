import { createHmac, createVerify, timingSafeEqual } from 'node:crypto';
import type { Received } from '../../test/support/receiver.ts';
import type { Secret } from './api.ts';

/** What a receiver finds when it checks one signature. */
export interface Check {
  readonly what: string;
  readonly ok: boolean;
}

/** Checks every signature that a request carries, as its receiver would (docs/receivers.md). */
export function checkSignatures(request: Received, secrets: readonly Secret[]): Check[] {
  const checks = [{ what: 'webhook-signature', ok: isWebhook(request, secretOf(secrets, 'webhook')) }];
  if (request.headers['x-webhook-signature'] !== undefined) {
    checks.push({ what: 'X-Webhook-Signature', ok: isPassEntry(request, secretOf(secrets, 'passentry')) });
  }
  if (signedDataOf(request) !== undefined) {
    const key = secrets.find(({ kind }) => kind === 'passcreator')?.publicKey ?? '';
    checks.push({ what: 'signature of signedData', ok: isPasscreator(request, key) });
  }
  return checks;
}

/** The text that Passcreator's signature is over: the body as it was before it was signed. */
export function signedDataOf({ text }: Received): string | undefined {
  const { signedData } = JSON.parse(text) as { signedData?: string };
  return signedData;
}

function secretOf(secrets: readonly Secret[], kind: string): string {
  return secrets.find((secret) => secret.kind === kind)?.value ?? '';
}

/** Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and body. */
function isWebhook({ headers, text }: Received, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')}`;
  return String(signatures)
    .split(' ')
    .some((signature) => isEqual(signature, expected));
}

/** HMAC-SHA256 of the raw body in hex, keyed with the text of the secret. */
function isPassEntry({ headers, body }: Received, secret: string): boolean {
  return isEqual(String(headers['x-webhook-signature']), createHmac('sha256', secret).update(body).digest('hex'));
}

/** ECDSA P-256 with SHA-1 over `signedData`. */
function isPasscreator({ text }: Received, publicKey: string): boolean {
  const { signedData, signature } = JSON.parse(text) as { signedData: string; signature: string };
  return createVerify('SHA1').update(signedData).verify(publicKey, signature, 'hex');
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
