import { z } from 'zod';
import { sampleBodies } from '../../../admin/sample-bodies.ts';
import { PASS_TRIGGERS } from '../../../domain/trigger.ts';
import { configOf } from '../configured.ts';
import { DoorText, doorRoute } from '../door.ts';
import { dialectMember, namedTemplate, zapierIntegration } from './hooks.ts';

/** Z-D2 */
const MOST_SAMPLES = 3;

export const sampleRoute = doorRoute({
  method: 'get',
  path: '/samples',
  operationId: 'zapierSamples',
  summary: 'Get samples of what a hook receives',
  description: 'Up to three bodies of recent events, newest first; without any, one sample.',
  query: z.object({
    trigger: z.enum(PASS_TRIGGERS).meta({ description: 'The trigger.', examples: ['pass.installed'] }),
    templateId: z
      .string()
      .optional()
      .meta({
        description: 'Our id of a template, or its `externalId`. Default: all.',
        examples: ['loyalty-2026'],
      }),
    dialect: dialectMember,
  }),
  status: 200,
  answer: z.array(z.record(z.string(), z.unknown())).meta({ description: 'The bodies.' }),
  async handle(context, { tenantId, query: { trigger, templateId, dialect } }) {
    const config = await configOf(context, tenantId);
    const template = namedTemplate(config, templateId);
    const options = zapierIntegration(config, dialect)?.options;
    const bodies = await sampleBodies(context, config, { trigger, template, dialect, options }, MOST_SAMPLES);
    return new DoorText(`[${bodies.join(',')}]`);
  },
});
