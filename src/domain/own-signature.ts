import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { MessageId } from './id.ts';

// A signature in the form of another sender, beside ours, so that receivers which verify that sender's need no change.

const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

const headerMember = z
  .string()
  .regex(HEADER, { error: 'must be a header name (letters, digits and dashes)' })
  .meta({ description: 'The name of the header.' });
const hash = {
  algorithm: z.enum(['sha256', 'sha512']).default('sha256').meta({ description: 'The hash of the HMAC.' }),
  encoding: z.enum(['hex', 'base64']).default('hex').meta({ description: 'How a signature is written.' }),
};
const prefix = z
  .string()
  .max(32)
  .regex(/^[\x21-\x7e]*$/, { error: 'must be printable ASCII without spaces' })
  .default('');

const plainSchema = z
  .strictObject({
    format: z.literal('plain').meta({ description: 'One signature over the body.' }),
    header: headerMember,
    ...hash,
    prefix: prefix.meta({ description: 'Stands before the signature: `sha256=`.' }),
  })
  .meta({
    id: 'PlainSignature',
    title: 'Plain',
    description: 'As GitHub, Shopify and Convoy (simple) send it: `<prefix><signature>` over the body.',
    examples: [{ format: 'plain', header: 'X-Hub-Signature-256', algorithm: 'sha256', encoding: 'hex', prefix: 'sha256=' }],
  });

const listSchema = z
  .strictObject({
    format: z.literal('list').meta({ description: 'All signatures over the body.' }),
    header: headerMember,
    ...hash,
    prefix: prefix.meta({ description: 'Stands before the first signature: `v0=`.' }),
  })
  .meta({
    id: 'ListSignature',
    title: 'List',
    description: 'As Outpost sends it: `<prefix><signature>,<signature>` over the body.',
    examples: [{ format: 'list', header: 'X-Outpost-Signature', algorithm: 'sha256', encoding: 'hex', prefix: 'v0=' }],
  });

const TIMESTAMPED = {
  format: 'timestamped',
  header: 'Stripe-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  version: 'v1',
  separator: '.',
};

const timestampedSchema = z
  .strictObject({
    format: z.literal('timestamped').meta({ description: 'Signatures over the time of the attempt and the body.' }),
    header: headerMember,
    ...hash,
    version: z
      .string()
      .regex(/^[a-z0-9]{1,16}$/, { error: 'must be 1 to 16 lower case letters and digits' })
      .default('v1')
      .meta({ description: 'Names each signature.' }),
    separator: z
      .enum(['.', ','])
      .default('.')
      .meta({ description: 'Stands between the time and the body in what is signed. Convoy: a comma.' }),
  })
  .meta({
    id: 'TimestampedSignature',
    title: 'Timestamped',
    description:
      'As Stripe, Hook0 (v0) and Convoy (advanced) send it: `t=<seconds>,<version>=<signature>`, over `<seconds>.<body>`.',
    examples: [TIMESTAMPED],
  });

const svixSchema = z
  .strictObject({
    format: z.literal('svix').meta({ description: "Svix's own headers." }),
    stem: headerMember
      .default('svix')
      .meta({ description: 'The beginning of the three headers: `<stem>-id`, `<stem>-timestamp`, `<stem>-signature`.' }),
  })
  .meta({
    id: 'SvixSignature',
    title: 'Svix',
    description: 'As Svix sends it: `v1,<base64>` over `<id>.<seconds>.<body>`, in three headers.',
    examples: [{ format: 'svix', stem: 'svix' }],
  });

export const ownSignatureSchema = z
  .discriminatedUnion('format', [plainSchema, listSchema, timestampedSchema, svixSchema])
  .meta({
    id: 'OwnSignature',
    description:
      "A signature in another sender's form, beside `webhook-signature`. Its secret has the kind `signature`; while two overlap, every form but `plain` has both.",
    examples: [TIMESTAMPED],
  });
export type OwnSignature = z.infer<typeof ownSignatureSchema>;

/** Whether there is room for two signatures, so that two secrets can overlap. */
export function hasRoomForTwo({ format }: OwnSignature): boolean {
  return format !== 'plain';
}

/** The headers that the signature takes, as it writes them. */
export function headersOfSignature(signature: OwnSignature): readonly string[] {
  if (signature.format !== 'svix') return [signature.header];
  return ['id', 'timestamp', 'signature'].map((part) => `${signature.stem}-${part}`);
}

/** The header that has the signature itself. */
export function signatureHeaderOf(signature: OwnSignature): string {
  return signature.format === 'svix' ? `${signature.stem}-signature` : signature.header;
}

/** @param keys of the secrets that sign now, newest first */
export type OwnSigner = (
  keys: readonly KeyObject[],
  messageId: MessageId,
  timestampS: number,
  body: string,
) => Record<string, string>;

export function ownSigner(signature: OwnSignature): OwnSigner {
  if (signature.format === 'svix') {
    const [id = '', timestamp = '', header = ''] = headersOfSignature(signature);
    return (keys, messageId, timestampS, body) => {
      const content = `${messageId}.${timestampS}.${body}`;
      const signed = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`);
      return { [id]: messageId, [timestamp]: String(timestampS), [header]: signed.join(' ') };
    };
  }
  const { header, algorithm, encoding } = signature;
  const hmac = (key: KeyObject, content: string): string => createHmac(algorithm, key).update(content).digest(encoding);
  if (signature.format === 'timestamped') {
    const { version, separator } = signature;
    return (keys, _messageId, timestampS, body) => {
      const signed = keys.map((key) => `${version}=${hmac(key, `${timestampS}${separator}${body}`)}`);
      return { [header]: [`t=${timestampS}`, ...signed].join(',') };
    };
  }
  const most = hasRoomForTwo(signature) ? Number.POSITIVE_INFINITY : 1;
  return (keys, _messageId, _timestampS, body) => ({
    [header]: `${signature.prefix}${keys
      .slice(0, most)
      .map((key) => hmac(key, body))
      .join(',')}`,
  });
}

/** A secret of the kind `signature` is stored as the base64 of its bytes. */
export function signatureKey(stored: string): KeyObject {
  return createSecretKey(Buffer.from(stored, 'base64'));
}
