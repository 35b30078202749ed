import { createHmac, createSecretKey } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { broughtSecretSchema } from '../../../src/admin/brought-secret.ts';
import { createComposer } from '../../../src/dialects/compose-request.ts';
import { toId } from '../../../src/domain/id.ts';
import { headersOfSignature, ownSignatureSchema, ownSigner, signatureKey } from '../../../src/domain/own-signature.ts';
import { box, makeIntegration, makeSubscription } from '../../support/configuration.ts';

const MESSAGE = toId('message', '0198c3f0-0000-7000-8000-000000000001');
const AT_S = 1_614_265_330;
const BODY = '{"test":"ä"}';
const [OLD, NEW] = ['old secret', 'new secret'];

function signed(signature: object, secrets: readonly string[] = [NEW, OLD]) {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret)));
  return ownSigner(ownSignatureSchema.parse(signature))(keys, MESSAGE, AT_S, BODY);
}

function hmac(secret: string, content: string, hash = 'sha256', encoding: 'hex' | 'base64' = 'hex'): string {
  return createHmac(hash, secret).update(content).digest(encoding);
}

describe('each sender’s rule, as its documentation has it', () => {
  test('GitHub: X-Hub-Signature-256 is sha256= and the hex HMAC of the body; one secret', () => {
    expect(signed({ format: 'plain', header: 'X-Hub-Signature-256', prefix: 'sha256=' })).toEqual({
      'X-Hub-Signature-256': `sha256=${hmac(NEW, BODY)}`,
    });
  });

  test('Convoy, simple: the HMAC of the body in the hash and encoding of the project', () => {
    const convoy = { format: 'plain', header: 'X-Convoy-Signature', algorithm: 'sha512', encoding: 'base64' };
    expect(signed(convoy)).toEqual({ 'X-Convoy-Signature': hmac(NEW, BODY, 'sha512', 'base64') });
  });

  test('Convoy, advanced: time and body joined by a comma, one v1 for each secret', () => {
    const convoy = { format: 'timestamped', header: 'X-Convoy-Signature', separator: ',' };
    expect(signed(convoy)).toEqual({
      'X-Convoy-Signature': `t=${AT_S},v1=${hmac(NEW, `${AT_S},${BODY}`)},v1=${hmac(OLD, `${AT_S},${BODY}`)}`,
    });
  });

  test('Stripe: time and body joined by a dot, one v1 for each secret', () => {
    expect(signed({ format: 'timestamped', header: 'Stripe-Signature' })).toEqual({
      'Stripe-Signature': `t=${AT_S},v1=${hmac(NEW, `${AT_S}.${BODY}`)},v1=${hmac(OLD, `${AT_S}.${BODY}`)}`,
    });
  });

  test('Hook0: the same as v0', () => {
    expect(signed({ format: 'timestamped', header: 'X-Hook0-Signature', version: 'v0' }, [NEW])).toEqual({
      'X-Hook0-Signature': `t=${AT_S},v0=${hmac(NEW, `${AT_S}.${BODY}`)}`,
    });
  });

  test('Outpost: v0= and the signatures of all secrets, joined by commas', () => {
    expect(signed({ format: 'list', header: 'X-Outpost-Signature', prefix: 'v0=' })).toEqual({
      'X-Outpost-Signature': `v0=${hmac(NEW, BODY)},${hmac(OLD, BODY)}`,
    });
  });

  test('Svix: three headers that a Standard Webhooks library verifies', () => {
    const secret = `whsec_${Buffer.from(OLD.padEnd(24, '.')).toString('base64')}`;
    const headers = signed({ format: 'svix' }, [NEW, OLD.padEnd(24, '.')]);
    expect(Object.keys(headers)).toEqual(['svix-id', 'svix-timestamp', 'svix-signature']);
    const renamed = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
    );
    const now = String(Math.floor(Date.now() / 1000));
    const fresh = signedAt(now, secret);
    expect(renamed['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(new Webhook(secret).verify(BODY, fresh)).toEqual(JSON.parse(BODY));
  });

  function signedAt(seconds: string, secret: string) {
    const key = signatureKey(secret.slice('whsec_'.length));
    const headers = ownSigner(ownSignatureSchema.parse({ format: 'svix', stem: 'webhook' }))(
      [key],
      MESSAGE,
      Number(seconds),
      BODY,
    );
    return headers as Record<string, string>;
  }
});

test.each([
  [{ format: 'plain' }, 'header'],
  [{ format: 'plain', header: 'a b' }, 'header'],
  [{ format: 'plain', header: 'x', algorithm: 'md5' }, 'algorithm'],
  [{ format: 'timestamped', header: 'x', separator: ';' }, 'separator'],
  [{ format: 'timestamped', header: 'x', version: 'V 1' }, 'version'],
  [{ format: 'list', header: 'x', prefix: 'a b' }, 'prefix'],
  [{ format: 'jwt' }, 'format'],
])('%j is refused at %s', (signature, name) => {
  expect(ownSignatureSchema.safeParse(signature).error?.issues[0]?.path).toEqual([name]);
});

test.each([
  [{ text: 'pässword' }, Buffer.from('pässword')],
  [{ hex: '00FFa0' }, Buffer.from([0, 255, 160])],
  [{ base64: 'AP+g' }, Buffer.from([0, 255, 160])],
  [{ whsec: 'whsec_AP+g' }, Buffer.from([0, 255, 160])],
])('a brought secret %j is its bytes', (given, bytes) => {
  expect(broughtSecretSchema.parse(given)).toEqual(bytes);
});

test.each([
  [{}, []],
  [{ text: 'a', hex: '00' }, []],
  [{ hex: '0' }, ['hex']],
  [{ hex: 'zz' }, ['hex']],
  [{ base64: '***' }, ['base64']],
  [{ whsec: 'AP+g' }, ['whsec']],
  [{ text: 'x'.repeat(513) }, ['text']],
])('a brought secret %j is refused', (given, path) => {
  expect(broughtSecretSchema.safeParse(given).error?.issues[0]?.path).toEqual(path);
});

test('the header goes out in the case it was written, blanked where nothing is signed and in what is stored', () => {
  const signature = ownSignatureSchema.parse({ format: 'timestamped', header: 'Acme-Signature' });
  const integration = makeIntegration('standard', { signature });
  const subscription = makeSubscription(integration, { url: 'https://hooks.example.com/' });
  const secret = (value: string, at: number, expiresAt?: Date) => ({
    id: toId('secret', '0198c3f0-0000-7000-8000-000000000001'),
    integrationId: integration.id,
    kind: 'signature' as const,
    sealed: box.seal(Buffer.from(value).toString('base64')),
    publicKey: undefined,
    createdAt: new Date(at),
    expiresAt,
  });
  const secrets = [secret(OLD, 1, new Date(1000)), secret(NEW, 2)];
  const composer = (more: object) => createComposer({ integration, secrets, subscription, box, ...more });
  const headerOf = (more: object) => composer(more).request(BODY, MESSAGE, AT_S * 1000).headers['Acme-Signature'];
  const [newest, oldest] = [hmac(NEW, `${AT_S}.${BODY}`), hmac(OLD, `${AT_S}.${BODY}`)];
  expect(headerOf({ storeTimeMs: () => 999 })).toBe(`t=${AT_S},v1=${newest},v1=${oldest}`);
  expect(headerOf({ storeTimeMs: () => 1001 })).toBe(`t=${AT_S},v1=${newest}`);
  expect(headerOf({ signed: false })).toBe('***');
  const { headers } = composer({}).request(BODY, MESSAGE, AT_S * 1000);
  expect(composer({}).redacted(headers)['Acme-Signature']).toBe('***');
  expect(composer({}).redacted(headers, false)['Acme-Signature']).toBe(headers['Acme-Signature']);
  const unsigned = createComposer({ integration, secrets: [], subscription, box });
  expect(unsigned.request(BODY, MESSAGE, 0).headers).not.toHaveProperty('Acme-Signature');
  expect(headersOfSignature(signature)).toEqual(['Acme-Signature']);
});
