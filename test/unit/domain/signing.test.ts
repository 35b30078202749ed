import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { type MessageId, toId } from '../../../src/domain/id.ts';
import { generateSecret, type SigningSecret, webhookHeaders, webhookSigner } from '../../../src/domain/signing.ts';

const ID = toId('secret', '0198c3f0-0000-7000-8000-000000000001');
const MESSAGE = 'msg_p5jXN8AQM9LWM0D4loKWxJek' as MessageId;
const TIMESTAMP_S = 1614265330;
const BODY = '{"test": 2432232314}';

test('the public vector of Standard Webhooks', () => {
  const secret: SigningSecret = { id: ID, kind: 'webhook', value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
  expect(webhookSigner(secret)(MESSAGE, TIMESTAMP_S, BODY)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('headers verify with the library of Standard Webhooks, and during a rotation with either secret', () => {
  const secrets = [1, 2].map((): SigningSecret => ({ id: ID, kind: 'webhook', value: generateSecret('webhook').value }));
  const nowS = Math.floor(Date.now() / 1000);
  const headers = webhookHeaders(secrets.map(webhookSigner), MESSAGE, nowS, '{"é":1}');
  expect(headers['webhook-timestamp']).toBe(String(nowS));
  for (const { value } of secrets) expect(new Webhook(value).verify('{"é":1}', headers)).toEqual({ é: 1 });
  expect(() => new Webhook(generateSecret('webhook').value).verify('{"é":1}', headers)).toThrow();
});

test('v1a verifies with the public key', () => {
  const { value, publicKey = '' } = generateSecret('webhook-ed25519');
  const signature = webhookSigner({ id: ID, kind: 'webhook-ed25519', value })(MESSAGE, TIMESTAMP_S, BODY);
  const raw = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  expect(signature).toMatch(/^v1a,/);
  const signed = Buffer.from(`${MESSAGE}.${TIMESTAMP_S}.${BODY}`);
  expect(verify(null, signed, key, Buffer.from(signature.slice(4), 'base64'))).toBe(true);
  expect(raw).toHaveLength(32);
});

describe('a new secret', () => {
  test.each([
    ['webhook', /^whsec_[A-Za-z0-9+/]{43}=$/, undefined],
    ['passentry', /^[0-9a-f]{40}$/, undefined],
    ['webhook-ed25519', /^-----BEGIN PRIVATE KEY-----/, /^whpk_[A-Za-z0-9+/]{43}=$/],
    ['passcreator', /^-----BEGIN PRIVATE KEY-----/, /^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\n$/],
  ] as const)('of %s', (kind, value, publicKey) => {
    const made = generateSecret(kind);
    expect(made.value).toMatch(value);
    if (publicKey) expect(made.publicKey).toMatch(publicKey);
    else expect(made.publicKey).toBeUndefined();
    expect(generateSecret(kind).value).not.toBe(made.value);
  });

  test('of passcreator is on the curve P-256', () => {
    const key = createPublicKey(generateSecret('passcreator').publicKey ?? '');
    expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });
});
