import { z } from 'zod';
import { tenantRetentionSchema } from '../domain/retention.ts';
import type { Tenant } from '../ports/configuration.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, updatedAtAnswer, versionAnswer } from './paging.ts';

export const tenantSchema = z
  .strictObject({
    id: idAnswer('tenant', 'Its id.'),
    name: z.string().meta({ description: 'The name, for people.' }),
    retention: tenantRetentionSchema,
    version: versionAnswer,
    createdAt: createdAtAnswer,
    updatedAt: updatedAtAnswer,
  })
  .meta({
    id: 'Tenant',
    description: 'The owner of templates, integrations, subscriptions and events.',
    examples: [
      {
        id: EXAMPLE_IDS.tenant,
        name: 'Acme Coffee',
        retention: { bodyDays: 30 },
        version: 7,
        createdAt: '2026-01-15T12:00:00.000Z',
        updatedAt: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

export function showTenant({ id, name, retention, version, createdAt, updatedAt }: Tenant): z.infer<typeof tenantSchema> {
  return { id, name, retention, version, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
