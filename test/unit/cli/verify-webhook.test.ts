import { generateKeyPairSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { headersOf, verifyWebhook } from '../../../cli/verify-webhook.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = '{\r\n  "pass-id": "M-1001" }';
const sentAt = new Date('2026-05-04T07:30:00Z');
const timestamp = String(sentAt.getTime() / 1000);

/** A webhook signed by the npm package of Standard Webhooks. */
function received(more: Partial<Parameters<typeof verifyWebhook>[0]> = {}) {
  const signature = new Webhook(SECRET).sign('msg_1', sentAt, BODY);
  const lines = [
    'HTTP/1.1 200 OK',
    'Webhook-Id: msg_1',
    `webhook-timestamp:${timestamp}`,
    `Webhook-Signature: ${signature}`,
    '',
  ];
  const headers = headersOf(lines.join('\r\n'));
  return { headers, body: BODY, secret: SECRET, nowMs: sentAt.getTime() + 2000, toleranceS: 300, ...more };
}

const faults = (more: Parameters<typeof received>[0]): string[] =>
  verifyWebhook(received(more)).flatMap(({ ok, detail }) => (ok ? [] : [detail]));

describe('a webhook', () => {
  test('that is genuine is recognised', () => {
    expect(verifyWebhook(received())).toEqual([
      { ok: true, detail: 'webhook-timestamp is 2 s old' },
      { ok: true, detail: `v1 signature of msg_1 fits the body of ${BODY.length} bytes` },
    ]);
  });

  test('signed with ed25519 is verified with the public key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(12).toString('base64');
    const signature = sign(null, Buffer.from(`msg_1.${timestamp}.${BODY}`), privateKey).toString('base64');
    const headers = new Map([...received().headers, ['webhook-signature', `v1,AAAA v1a,${signature}`]]);
    expect(faults({ headers, secret: `whpk_${raw}` })).toEqual([]);
    expect(faults({ headers, secret: `whpk_${raw}`, body: `${BODY} ` })).toHaveLength(1);
  });

  test.each([
    ['the body has gained a line break', { body: `${BODY}\n` }, /final line break/],
    ['its line breaks were changed', { body: BODY.replace('\r', '') }, /does not fit/],
    ['another body', { body: '{}' }, /another secret, or the body or the webhook-id was changed/],
    ['another secret', { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }, /another secret/],
    ['half a secret', { secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, /neither whsec_ nor whpk_/],
    [
      'a public key where there is no v1a signature',
      { secret: `whpk_${Buffer.alloc(32).toString('base64')}` },
      /no v1a signature.*has: v1/,
    ],
    ['an old timestamp', { nowMs: sentAt.getTime() + 301_000 }, /301 s old, more than 300 s/],
    ['a timestamp of tomorrow', { nowMs: sentAt.getTime() - 86_400_000 }, /86400 s in the future/],
    ['no headers', { headers: new Map() }, /missing: webhook-id, webhook-timestamp, webhook-signature/],
  ])('is not genuine, and says why: %s', (_what, more, detail) => {
    expect(faults(more)).toEqual([expect.stringMatching(detail)]);
  });

  test('whose body was parsed and written again is recognised as such', () => {
    const compact = '{"pass-id":"M-1001","n":1}';
    const signature = new Webhook(SECRET).sign('msg_1', sentAt, compact);
    const headers = new Map([...received().headers, ['webhook-signature', signature]]);
    const body = JSON.stringify(JSON.parse(compact), undefined, 2);
    expect(faults({ headers, body })).toEqual([expect.stringMatching(/parsed and written again/)]);
  });
});
