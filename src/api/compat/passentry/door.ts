import { z } from 'zod';
import { bearerKeys } from '../../credentials.ts';
import type { Door } from '../door.ts';
import { passentryRoutes } from './routes.ts';

const errorSchema = z
  .object({
    errors: z
      .array(
        z.object({
          status: z.string().meta({ description: 'The HTTP status, as text.' }),
          title: z.string().meta({ description: 'The kind of error.' }),
          detail: z.string().meta({ description: 'What is wrong and what would be right.' }),
          source: z
            .object({ pointer: z.string().meta({ description: 'JSON Pointer into the request.' }) })
            .optional()
            .meta({ description: 'Where it is wrong.' }),
        }),
      )
      .meta({ description: 'One for each fault.' }),
  })
  .meta({
    id: 'PassEntryError',
    description: 'Errors, as JSON:API has them.',
    examples: [
      {
        errors: [
          {
            status: '422',
            title: 'Invalid input',
            detail: 'must be https',
            source: { pointer: '/webhookSubscription/url' },
          },
        ],
      },
    ],
  });

/** PassEntry's webhook subscriptions (vendors.md 5.2, vendor-doors.md E-D1 to E-D8). */
export const passentryDoor: Door = {
  name: 'passentry',
  label: 'PassEntry',
  description: 'The webhook subscriptions of PassEntry. `Authorization: Bearer <key>`.',
  credentials: { keysOf: bearerKeys, challenge: 'Bearer', advice: 'Send an API key as "Authorization: Bearer <key>".' },
  securityScheme: { type: 'http', scheme: 'bearer' },
  contentType: 'application/json; charset=utf-8',
  errorSchema,
  showError({ status, title, detail, errors }) {
    const common = { status: String(status), title };
    const shown = errors?.map(({ pointer, detail: what }) => ({ ...common, detail: what, source: { pointer } }));
    return { body: { errors: shown ?? [{ ...common, detail }] } };
  },
  routes: passentryRoutes,
};
