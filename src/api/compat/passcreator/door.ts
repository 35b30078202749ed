import { z } from 'zod';
import type { Door } from '../door.ts';
import { hookRoutes } from './hooks.ts';
import { templateRoutes } from './templates.ts';

const errorSchema = z
  .object({
    success: z.literal(false).meta({ description: 'Always false.' }),
    description: z.string().meta({ description: 'What is wrong.' }),
    errors: z.array(z.string()).meta({ description: 'What would be right, field by field.' }),
    data: z.null().meta({ description: 'Always null.' }),
  })
  .meta({
    id: 'PasscreatorError',
    description: 'An error.',
    examples: [{ success: false, description: '/target_url is required', errors: ['/target_url is required'], data: null }],
  });

const UNPROCESSABLE = 422;

/** Passcreator's hook API (vendors.md 3.1, vendor-doors.md P-D1 to P-D8). */
export const passcreatorDoor: Door = {
  name: 'passcreator',
  label: 'Passcreator',
  description: 'The hook API of Passcreator. `Authorization: <key>`; `Bearer` before the key is accepted.',
  credentials: {
    keysOf(request) {
      const [, key] = /^(?:Bearer +)?(\S+) *$/i.exec(request.get('authorization') ?? '') ?? [];
      return key === undefined ? [] : [key];
    },
    challenge: 'Bearer',
    advice: 'Send an API key as "Authorization: <key>".',
  },
  securityScheme: { type: 'apiKey', in: 'header', name: 'Authorization' },
  contentType: 'application/json; charset=utf-8',
  errorSchema,
  showError({ status, detail, errors = [] }) {
    const texts = errors.map(({ pointer, detail: what }) => `${pointer || 'the body'} ${what}`);
    return {
      // P-D3
      status: status === UNPROCESSABLE ? 400 : status,
      body: { success: false, description: detail, errors: texts.length > 0 ? texts : [detail], data: null },
    };
  },
  routes: [...hookRoutes, ...templateRoutes],
};
