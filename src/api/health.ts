import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Readiness } from '../domain/readiness.ts';
import type { Services } from './services.ts';

export const healthSchema = z
  .strictObject({ status: z.literal('ok').meta({ description: 'Always `ok`.' }) })
  .meta({ id: 'Health', description: 'The process responds.', examples: [{ status: 'ok' }] });

const partSchema = z
  .strictObject({
    ok: z.boolean().meta({ description: 'Whether it responds.' }),
    detail: z.string().optional().meta({ description: 'Why it counts as unavailable.' }),
  })
  .meta({ id: 'ReadinessPart', description: 'A server that Passwire needs.', examples: [{ ok: true }] });

export const readinessSchema = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'unavailable']).meta({
      description:
        '`degraded`: requests are served, but what `detail` names is wrong: without Redis, events are accepted and deliveries wait. `unavailable`: requests are refused.',
    }),
    parts: z
      .strictObject({ postgres: partSchema, redis: partSchema, encryptionKeys: partSchema })
      .meta({ description: 'The servers that Passwire needs, and the keys that stored secrets need.' }),
  })
  .meta({
    id: 'Readiness',
    description: 'Whether requests can be served, by part.',
    examples: [
      { status: 'ready', parts: { postgres: { ok: true }, redis: { ok: true }, encryptionKeys: { ok: true } } },
      {
        status: 'unavailable',
        parts: {
          postgres: { ok: false, detail: 'does not answer' },
          redis: { ok: true },
          encryptionKeys: { ok: true },
        },
      },
    ],
  }) satisfies z.ZodType<Readiness>;

export const answerHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' } satisfies z.infer<typeof healthSchema>);
};

/** The details name no host: those are in the log. */
export function answerReadiness({ servers }: Pick<Services, 'servers'>): RequestHandler {
  return async (_request, response) => {
    const readiness = await servers.readiness();
    response.status(readiness.status === 'unavailable' ? 503 : 200).json(readiness);
  };
}

export function answerMetrics({ metrics }: Pick<Services, 'metrics'>): RequestHandler {
  return async (_request, response) => {
    const { contentType, text } = await metrics();
    response.set('content-type', contentType).end(text);
  };
}
