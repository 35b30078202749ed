import { isIP } from 'node:net';
import { z } from 'zod';

// The kinds of values that variables of the environment have.

export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
/** Texts separated by commas. */
export const texts = list;
export const networks = list.superRefine((entries, context) => {
  for (const entry of entries) {
    if (isNetwork(entry)) continue;
    context.addIssue({
      code: 'custom',
      message: `must be networks such as 10.0.0.0/8 or fd00::/8, which "${entry}" is not`,
    });
  }
});
/** Origins of web pages, as browsers write them. */
export const origins = list.superRefine((entries, context) => {
  for (const entry of entries) {
    if (/^https?:$/.test(URL.parse(entry)?.protocol ?? '') && URL.parse(entry)?.origin === entry) continue;
    const message = `must be origins such as https://app.example.com, without a path, which "${entry}" is not`;
    context.addIssue({ code: 'custom', message });
  }
});
export const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** Whole days; absent: for ever. */
export const days = z.coerce.number().int().min(1).max(36_500).optional();

/** A CIDR or a single address. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** An address that people sign in at. Without TLS anybody on the way could sign in as them, so http is for this machine only. */
export const trustedUrl = z
  .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
  .refine((text) => isOfThisMachine(new URL(text)), 'must be an https:// URL; http:// is for localhost');

function isOfThisMachine({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** A URL of these schemes; an absent one is reported as required. */
export function serverUrl(protocol: RegExp, message: string) {
  return z.url({ protocol, error: ({ input }) => (input === undefined ? undefined : message) });
}

const ENCRYPTION_KEY_BYTES = 32;
const KEY_ENTRY = /^([^:]+):([A-Za-z0-9+/]{43}=?)$/;
export const encryptionKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((entry) => {
    const [, id = '', base64 = ''] = KEY_ENTRY.exec(entry.trim()) ?? [];
    return { id, key: new Uint8Array(Buffer.from(base64, 'base64')) };
  });
  const repeated = keys.find(({ id }, index) => id !== '' && keys.findIndex((other) => other.id === id) < index);
  if (repeated) {
    context.addIssue({ code: 'custom', message: `must have each key id once, but has "${repeated.id}" twice` });
    return z.NEVER;
  }
  const [first, ...older] = keys;
  if (!first || keys.some(({ id, key }) => id === '' || key.length !== ENCRYPTION_KEY_BYTES)) {
    context.addIssue({
      code: 'custom',
      message: 'must be <id>:<base64 of 32 bytes>, several separated by commas, the current one first',
    });
    return z.NEVER;
  }
  return [first, ...older] as const;
});
