import { z } from 'zod';
import type { Door } from '../door.ts';
import { vibesRoutes } from './routes.ts';

const errorSchema = z
  .object({
    errors: z
      .array(
        z.object({
          message: z.string().meta({ description: 'What is wrong and what would be right.' }),
          code: z.literal(1).meta({ description: 'Always 1.' }),
        }),
      )
      .meta({ description: 'One for each fault.' }),
  })
  .meta({
    id: 'VibesError',
    description: 'An error.',
    examples: [{ errors: [{ message: '/destination/url is required, as text', code: 1 }] }],
  });

/** Vibes' callback API (vendors.md 2.1, vendor-doors.md V-D1 to V-D12). */
export const vibesDoor: Door = {
  name: 'vibes',
  label: 'Vibes',
  description: 'The callback API of Vibes. HTTP Basic: the key as user name or as password.',
  credentials: {
    keysOf: (request) => basicKeys(request.get('authorization')),
    challenge: 'Basic realm="Passwire"',
    advice: 'Send an API key as the user name or the password of HTTP Basic.',
  },
  securityScheme: { type: 'http', scheme: 'basic' },
  contentType: 'application/json; charset=utf-8',
  errorSchema,
  showError({ detail, errors }) {
    const messages = errors?.map(({ pointer, detail: what }) => `${pointer || 'the body'} ${what}`) ?? [detail];
    return { body: { errors: messages.map((message) => ({ message, code: 1 })) } };
  },
  routes: vibesRoutes,
};

/** The user name and the password, whichever looks like a key of ours first. */
function basicKeys(header = ''): readonly string[] {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header) ?? [];
  if (encoded === undefined) return [];
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const given = [user, password].filter((text) => text !== '');
  return given.toSorted((a, b) => Number(b.startsWith('pwk_')) - Number(a.startsWith('pwk_')));
}
