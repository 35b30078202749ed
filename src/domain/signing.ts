import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import type { MessageId, SecretId } from './id.ts';

/**
 * What a secret is for:
 * - `webhook`: Standard Webhooks v1, HMAC-SHA256, shown as `whsec_` + base64
 * - `webhook-ed25519`: Standard Webhooks v1a, private key never shown, public key as `whpk_` + base64
 * - `passentry`: key of `X-Webhook-Signature`, used as the UTF-8 bytes of its text
 * - `signature`: key of the integration's own signature, stored as the base64 of its bytes
 * - `passcreator`: EC P-256 private key (PKCS#8 PEM) of `signedData`, public key as SPKI PEM
 */
export const SECRET_KINDS = ['webhook', 'webhook-ed25519', 'signature', 'passentry', 'passcreator'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export interface SecretText {
  readonly label: string;
  /** One sentence: what the secret signs and what the receiver gets. */
  readonly description: string;
  /** Whether a tenant may supply its own when it creates an integration. */
  readonly own: boolean;
}

/** What a kind of secret is, for people. */
export const SECRET_TEXTS: Readonly<Record<SecretKind, SecretText>> = {
  webhook: {
    label: 'Webhook secret',
    description: 'Signs `webhook-signature` (v1, HMAC-SHA256); the receiver has the same secret, `whsec_…`.',
    own: true,
  },
  'webhook-ed25519': {
    label: 'Ed25519 key pair',
    description: 'Signs `webhook-signature` (v1a, ed25519); the receiver has the public key, `whpk_…`.',
    own: false,
  },
  signature: {
    label: 'Secret of the own signature',
    description: "Signs the header that `signature` of the integration names, in another sender's form.",
    own: true,
  },
  passentry: {
    label: 'PassEntry secret',
    description: 'Signs `X-Webhook-Signature` (HMAC-SHA256); the receiver has the same secret.',
    own: true,
  },
  passcreator: {
    label: 'Passcreator key pair',
    description: 'Signs `signedData` (ECDSA P-256); the receiver has the public key, as PEM.',
    own: false,
  },
};

/** A secret in plain text, in memory only; stored secrets are sealed (see secret-box.ts). */
export interface SigningSecret {
  readonly id: SecretId;
  readonly kind: SecretKind;
  readonly value: string;
}

/** A new secret of a kind, with the public half where there is one. */
export function generateSecret(kind: SecretKind): { value: string; publicKey: string | undefined } {
  switch (kind) {
    case 'webhook':
      return { value: `whsec_${randomBytes(32).toString('base64')}`, publicKey: undefined };
    case 'signature':
      return { value: randomBytes(32).toString('base64'), publicKey: undefined };
    case 'passentry':
      return { value: randomBytes(20).toString('hex'), publicKey: undefined };
    case 'webhook-ed25519': {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      return {
        value: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        publicKey: `whpk_${rawEd25519(publicKey)}`,
      };
    }
    case 'passcreator': {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        value: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      };
    }
  }
}

const ED25519_SPKI_PREFIX_BYTES = 12;

function rawEd25519(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(ED25519_SPKI_PREFIX_BYTES).toString('base64');
}

/** Signs `{id}.{timestamp}.{body}` (Standard Webhooks 1.0.0) and gives one entry of the `webhook-signature` header. */
export type WebhookSigner = (messageId: MessageId, timestampS: number, body: string) => string;

/** Makes the signer of one Standard Webhooks secret, its key decoded once. */
export function webhookSigner(secret: SigningSecret): WebhookSigner {
  if (secret.kind === 'webhook-ed25519') {
    const key = createPrivateKey(secret.value);
    return (id, timestampS, body) =>
      `v1a,${sign(null, Buffer.from(`${id}.${timestampS}.${body}`), key).toString('base64')}`;
  }
  // a KeyObject: createHmac would make one of a Buffer anew each time, which costs five times the hash itself
  const key = createSecretKey(Buffer.from(secret.value.replace(/^whsec_/, ''), 'base64'));
  return (id, timestampS, body) => `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`;
}

/** The three headers of Standard Webhooks for one attempt; during a rotation every secret signs. */
export function webhookHeaders(
  signers: readonly WebhookSigner[],
  messageId: MessageId,
  timestampS: number,
  body: string,
): Record<string, string> {
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signers.map((signer) => signer(messageId, timestampS, body)).join(' '),
  };
}
