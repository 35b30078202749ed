import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

export interface Received {
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** `whsec_` + base64 (v1, HMAC-SHA256), or `whpk_` + base64 (v1a, ed25519). */
  readonly secret: string;
  /** Unix ms. */
  readonly nowMs: number;
  readonly toleranceS: number;
}

/** What `webhook-id` of a signed proof begins with (`GET /v1/events/{id}/proof`). */
const PROOF_PREFIX = 'proof_';

/** One thing that was looked at, in words. */
export interface Finding {
  readonly ok: boolean;
  readonly detail: string;
}

const good = (detail: string): Finding => ({ ok: true, detail });
const wrong = (detail: string): Finding => ({ ok: false, detail });

/** Headers from lines as `Name: value`; of a name that comes twice, the last one. Status lines and blank lines are skipped. */
export function headersOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
  });
  return new Map(pairs);
}

/** Verifies a webhook as Standard Webhooks 1.0.0 has it: what was found, the first fault last when others depend on it. */
export function verifyWebhook({ headers, body, secret, nowMs, toleranceS }: Received): readonly Finding[] {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
  const missing = names.filter((name) => !headers.get(name));
  if (missing.length > 0) return [wrong(`missing: ${missing.join(', ')}; a proxy may remove or rename headers`)];
  const [id = '', timestamp = '', signatures = ''] = names.map((name) => headers.get(name));
  const checked = checkTimestamp(id, timestamp, nowMs, toleranceS);
  const signer = readSecret(secret);
  if ('ok' in signer) return [checked, signer];
  const entries = signatures.split(' ').filter((entry) => entry.startsWith(`${signer.version},`));
  if (entries.length === 0) {
    const versions = [...new Set(signatures.split(' ').map((entry) => entry.split(',')[0]))].join(', ');
    return [
      checked,
      wrong(`webhook-signature has no ${signer.version} signature, which this secret makes; it has: ${versions}`),
    ];
  }
  const message = (text: string): string => `${id}.${timestamp}.${text}`;
  const fits = (text: string): boolean =>
    entries.some((entry) => signer.fits(message(text), entry.slice(entry.indexOf(',') + 1)));
  if (fits(body))
    return [checked, good(`${signer.version} signature of ${id} fits the body of ${Buffer.byteLength(body)} bytes`)];
  return [checked, wrong(explain(body, fits))];
}

function checkTimestamp(id: string, timestamp: string, nowMs: number, toleranceS: number): Finding {
  if (!/^\d{1,12}$/.test(timestamp)) return wrong(`webhook-timestamp is no Unix time in seconds: ${timestamp}`);
  // a proof states what was; it is kept, and verified when it is needed
  if (id.startsWith(PROOF_PREFIX))
    return good(`it is a proof, stated at ${new Date(Number(timestamp) * 1000).toISOString()}`);
  const ageS = Math.round(nowMs / 1000) - Number(timestamp);
  const when = ageS >= 0 ? `${ageS} s old` : `${-ageS} s in the future`;
  if (Math.abs(ageS) <= toleranceS) return good(`webhook-timestamp is ${when}`);
  return wrong(`webhook-timestamp is ${when}, more than ${toleranceS} s: replayed, delayed, or a clock is wrong`);
}

interface Signer {
  readonly version: 'v1' | 'v1a';
  fits(message: string, signature: string): boolean;
}

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function readSecret(secret: string): Signer | Finding {
  const [, prefix, text = ''] = /^(whsec|whpk)_([A-Za-z0-9+/]+={0,2})$/.exec(secret.trim()) ?? [];
  if (prefix === undefined)
    return wrong('the secret is neither whsec_ nor whpk_ followed by base64; is a part of it missing?');
  const bytes = Buffer.from(text, 'base64');
  if (prefix === 'whsec') return { version: 'v1', fits: (message, signature) => sameHmac(bytes, message, signature) };
  if (bytes.length !== 32) return wrong('the public key must have 32 bytes');
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
  return { version: 'v1a', fits: (message, signature) => verifies(key, message, signature) };
}

function sameHmac(key: Buffer, message: string, signature: string): boolean {
  const expected = createHmac('sha256', key).update(message).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function verifies(key: KeyObject, message: string, signature: string): boolean {
  return verify(null, Buffer.from(message), key, Buffer.from(signature, 'base64'));
}

/** What commonly happens to a body on its way into somebody's hands; the first that explains the signature is named. */
function explain(body: string, fits: (text: string) => boolean): string {
  const changes: readonly (readonly [string, () => string])[] = [
    ['the body has gained a final line break: save it byte for byte', () => body.replace(/\r?\n$/, '')],
    ['the line breaks of the body were changed', () => body.replaceAll('\r\n', '\n')],
    [
      'the body was parsed and written again: verify the raw bytes, before any JSON parser',
      () => JSON.stringify(JSON.parse(body)),
    ],
  ];
  for (const [explanation, undo] of changes) if (fitsAfter(undo, fits)) return explanation;
  return 'the signature does not fit: another secret, or the body or the webhook-id was changed';
}

function fitsAfter(undo: () => string, fits: (text: string) => boolean): boolean {
  try {
    return fits(undo());
  } catch {
    return false; // the body is no JSON
  }
}
