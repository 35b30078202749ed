import { z } from 'zod';
import { type ContentRemoval, REMOVAL_REASONS } from '../domain/content-removal.ts';
import { instantAnswer } from './paging.ts';

export const contentRemovedAnswer = z
  .strictObject({
    reason: z
      .enum(REMOVAL_REASONS)
      .meta({ description: '`retention`: it was kept as long as configured; `erasure`: it was erased on request.' }),
    at: instantAnswer.meta({ description: 'When.' }),
  })
  .meta({
    id: 'ContentRemoval',
    description: 'Why and when content was removed.',
    examples: [{ reason: 'erasure', at: '2026-11-03T09:12:00.000Z' }],
  })
  .nullable()
  .meta({
    description:
      'Set when facts, bodies and answers are no longer stored; after an erasure the id of the pass is a keyed hash. Null: all of it is there.',
  });

export function showRemoval(removal: ContentRemoval | undefined): z.infer<typeof contentRemovedAnswer> {
  return removal ? { reason: removal.reason, at: removal.at.toISOString() } : null;
}
