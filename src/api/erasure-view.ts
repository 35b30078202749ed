import { z } from 'zod';
import { ERASED_KINDS, ERASURE_STATES, ERASURE_SUBJECTS, type ErasedKind } from '../domain/erasure.ts';
import type { ErasureDryRun } from '../pipeline/erasures.ts';
import type { Erasure } from '../ports/erasures.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer } from './paging.ts';

const COUNTS_EXAMPLE = {
  events: 4,
  deliveries: 9,
  cancelled: 1,
  deadLetters: 1,
  installations: 2,
  keptAnswers: 0,
  replays: 0,
  auditEntries: 1,
};

const countsAnswer = z
  .strictObject(
    Object.fromEntries(
      Object.entries(ERASED_KINDS).map(([kind, description]) => [kind, z.int().meta({ description })]),
    ) as Record<ErasedKind, z.ZodInt>,
  )
  .meta({
    id: 'ErasureCounts',
    description:
      'How many rows of each kind. A dry run does not look through stored answers, replays and the audit log: 0.',
    examples: [COUNTS_EXAMPLE],
  });

export const erasureDryRunSchema = z
  .strictObject({
    passes: z.int().meta({ description: 'Passes that the erasure is about.' }),
    counts: countsAnswer,
    complete: z.boolean().meta({
      description:
        'False: only the newest 100,000 events were searched for the `userProvidedId`. The erasure searches all of them.',
    }),
    confirmToken: z.string().meta({ description: 'For `createErasure`: shows that it is about the same id.' }),
    expiresAt: instantAnswer.meta({ description: 'When the token ends.' }),
  })
  .meta({
    id: 'ErasureDryRun',
    description: 'What an erasure would find.',
    examples: [
      {
        passes: 1,
        counts: COUNTS_EXAMPLE,
        complete: true,
        confirmToken: 'k1.c2VhbGVk',
        expiresAt: '2026-01-15T12:15:00.000Z',
      },
    ],
  });

export const erasureSchema = z
  .strictObject({
    id: idAnswer('erasure', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    subject: z.enum(ERASURE_SUBJECTS).meta({ description: 'Which id it was requested by.' }),
    subjectHash: z.string().meta({ description: 'The keyed hash of that id. The id itself is not stored.' }),
    state: z.enum(ERASURE_STATES).meta({ description: '`done` when nothing is left to erase.' }),
    passes: z.int().meta({ description: 'Passes that it is about, as far as they were found.' }),
    counts: countsAnswer,
    createdBy: z.string().meta({ description: 'The id of the API key that requested it.' }),
    createdAt: createdAtAnswer,
    endedAt: instantAnswer.nullable().meta({ description: 'When it ended. Null: it is running.' }),
  })
  .meta({
    id: 'Erasure',
    description: 'An erasure of what is stored about a pass, with what was erased.',
    examples: [
      {
        id: EXAMPLE_IDS.erasure,
        tenantId: EXAMPLE_IDS.tenant,
        subject: 'passId',
        subjectHash: 'erased_k1_Yl0Qm2oZk9cXQd1Jr6s0w3n5u7x8A1bC2dE3fG4hI5j',
        state: 'done',
        passes: 1,
        counts: COUNTS_EXAMPLE,
        createdBy: EXAMPLE_IDS.apiKey,
        createdAt: '2026-01-15T12:05:00.000Z',
        endedAt: '2026-01-15T12:05:01.000Z',
      },
    ],
  });

export function showErasureDryRun({ counts, expiresAt, ...rest }: ErasureDryRun): z.infer<typeof erasureDryRunSchema> {
  return { ...rest, counts: { ...counts }, expiresAt: expiresAt.toISOString() };
}

export function showErasure({ counts, createdAt, endedAt, ...rest }: Erasure): z.infer<typeof erasureSchema> {
  return { ...rest, counts: { ...counts }, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
