import { z } from 'zod';

const MAX_BYTES = 512;

const WHSEC = 'whsec_';

/** A secret that a tenant brings from another sender: any text or bytes, said in one of four ways. */
export const broughtSecretSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Its characters are the key, in UTF-8: Stripe, Convoy, Outpost, Hook0, GitHub.' }),
    base64: z.string().min(1).optional().meta({ description: 'The base64 of its bytes.' }),
    hex: z.string().min(1).optional().meta({ description: 'Its bytes in hexadecimal.' }),
    whsec: z.string().startsWith(WHSEC).optional().meta({ description: '`whsec_` and the base64 of its bytes: Svix.' }),
  })
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
    error: 'must have exactly one of text, base64, hex, whsec',
  })
  .transform((given, context): Buffer => {
    const [[name = '', value = ''] = []] = Object.entries(given).filter(([, one]) => one !== undefined);
    const bytes = bytesOf(name, value as string);
    if (bytes && bytes.length > 0 && bytes.length <= MAX_BYTES) return bytes;
    const wanted = name === 'text' ? 'text' : name === 'hex' ? 'hexadecimal digits, two for each byte' : 'base64';
    context.addIssue({ code: 'custom', path: [name], message: `must be ${wanted}, of 1 to ${MAX_BYTES} bytes` });
    return z.NEVER;
  })
  .meta({
    id: 'BroughtSecret',
    description: 'A secret of another sender, in exactly one form. It is never returned.',
    examples: [{ text: 'a2e2c04657b924390d2a2623439c6573' }],
  });

/** Undefined when the text is not what it says it is. */
function bytesOf(name: string, value: string): Buffer | undefined {
  if (name === 'text') return Buffer.from(value);
  const encoding = name === 'hex' ? 'hex' : 'base64';
  const encoded = name === 'whsec' ? value.slice(WHSEC.length) : value;
  const bytes = Buffer.from(encoded, encoding);
  const isWhole = encoding === 'hex' ? bytes.toString('hex') === encoded.toLowerCase() : isBase64(encoded, bytes);
  return isWhole ? bytes : undefined;
}

function isBase64(encoded: string, bytes: Buffer): boolean {
  return bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
}
