import type { z } from 'zod';
import { bearerKeys } from '../../credentials.ts';
import { problemSchema } from '../../problem.ts';
import type { Door } from '../door.ts';
import { hookRoutes } from './hooks.ts';
import { sampleRoute } from './samples.ts';

/** REST hooks as Zapier calls them (vendors.md 7, vendor-doors.md Z-D1 to Z-D3). */
export const zapierDoor: Door = {
  name: 'zapier',
  label: 'Zapier REST hooks',
  description: 'Subscribe, unsubscribe and samples for a Zapier trigger. `Authorization: Bearer <key>`.',
  credentials: { keysOf: bearerKeys, challenge: 'Bearer', advice: 'Send an API key as "Authorization: Bearer <key>".' },
  securityScheme: { type: 'http', scheme: 'bearer' },
  contentType: 'application/json; charset=utf-8',
  errorSchema: problemSchema as z.ZodType,
  errorContentType: 'application/problem+json',
  showError: (problem) => ({ body: problem }),
  routes: [...hookRoutes, sampleRoute],
};
