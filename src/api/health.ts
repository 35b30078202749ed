import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Readiness } from '../domain/readiness.ts';
import type { Services } from './services.ts';

export const healthSchema = z
  .strictObject({ status: z.literal('ok').meta({ description: 'Always `ok`.' }) })
  .meta({ id: 'Health', description: 'The process responds.', examples: [{ status: 'ok' }] });

const partSchema = z
  .strictObject({
    ok: z.boolean().meta({ description: 'Whether nothing is wrong with it.' }),
    detail: z.string().optional().meta({ description: 'What is wrong with it; the log has the reason and what to do.' }),
  })
  .meta({ id: 'ReadinessPart', description: 'A part that Passwire needs.', examples: [{ ok: true }] });

const OK = { ok: true };

export const readinessSchema = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'unavailable']).meta({
      description:
        '`degraded`: requests are served, but what `detail` names is wrong: without Redis, events are accepted and deliveries wait. `unavailable`: requests are refused.',
    }),
    parts: z
      .strictObject({ postgres: partSchema, redis: partSchema, encryptionKeys: partSchema })
      .meta({ description: 'What Passwire needs.' }),
  })
  .meta({
    id: 'Readiness',
    description: 'Whether requests can be served, by part.',
    examples: [
      { status: 'ready', parts: { postgres: OK, redis: OK, encryptionKeys: OK } },
      {
        status: 'unavailable',
        parts: { postgres: { ok: false, detail: 'does not answer' }, redis: OK, encryptionKeys: OK },
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
