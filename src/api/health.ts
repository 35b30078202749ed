import type { RequestHandler } from 'express';
import pTimeout from 'p-timeout';
import { z } from 'zod';
import type { Services } from './services.ts';

const CHECK_TIMEOUT_MS = 2000;

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
      description: '`degraded`: requests are served, but deliveries wait until Redis is available again.',
    }),
    parts: z
      .strictObject({ postgres: partSchema, redis: partSchema })
      .meta({ description: 'The servers that Passwire needs.' }),
  })
  .meta({
    id: 'Readiness',
    description: 'Whether requests can be served, by part.',
    examples: [
      { status: 'ready', parts: { postgres: { ok: true }, redis: { ok: true } } },
      { status: 'unavailable', parts: { postgres: { ok: false, detail: 'does not answer' }, redis: { ok: true } } },
    ],
  });

export const answerHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' } satisfies z.infer<typeof healthSchema>);
};

/** Without Redis events are still accepted (the sweep finds them later), so only Postgres decides about the status. */
export function answerReadiness({ health }: Pick<Services, 'health'>): RequestHandler {
  return async (_request, response) => {
    const [postgres, redis] = await Promise.all([checkPart(health.postgres), checkPart(health.redis)]);
    const status = !postgres.ok ? 'unavailable' : redis.ok ? 'ready' : 'degraded';
    const answer: z.infer<typeof readinessSchema> = { status, parts: { postgres, redis } };
    response.status(postgres.ok ? 200 : 503).json(answer);
  };
}

async function checkPart(check: () => Promise<unknown>): Promise<z.infer<typeof partSchema>> {
  try {
    await pTimeout(check(), { milliseconds: CHECK_TIMEOUT_MS });
    return { ok: true };
  } catch {
    // the reason may name hosts: it belongs in the log of the connection, not in a public answer
    return { ok: false, detail: 'does not answer' };
  }
}
