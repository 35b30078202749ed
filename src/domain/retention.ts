import { z } from 'zod';

/** What a tenant may have set for itself. */
export const tenantRetentionSchema = z
  .strictObject({
    bodyDays: z.int().min(1).max(36_500).optional().meta({
      description:
        'How long bodies, facts of events and answers are stored, in days, for what has ended; the rows stay. Default: as long as the installation is configured to.',
    }),
  })
  .meta({
    id: 'TenantRetention',
    description: 'How long content is stored.',
    examples: [{ bodyDays: 30 }],
  });
export type TenantRetention = z.infer<typeof tenantRetentionSchema>;

/** How long rows are kept, in days. Undefined: for ever. */
export interface Retention {
  /** Events, deliveries and attempts. */
  readonly days: number | undefined;
  readonly deadLetterDays: number | undefined;
  /** Bodies, facts and answers, for tenants without a setting of their own. Undefined: as long as their rows. */
  readonly bodyDays: number | undefined;
}
