import { z } from 'zod';
import { AUDIT_ACTIONS } from '../domain/audit.ts';
import { ID_PREFIXES, type IdKind, type TenantId } from '../domain/id.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import type { AuditEntry } from '../ports/audit.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer } from './paging.ts';

const membersSchema = z.record(z.string(), jsonValueSchema).nullable();
const KINDS = Object.keys(ID_PREFIXES) as [IdKind, ...IdKind[]];

export const auditEntrySchema = z
  .strictObject({
    id: idAnswer('audit', 'Its id.'),
    tenantId: z.string().nullable().meta({ description: 'The tenant. Null: an act on tenants or API keys.' }),
    at: instantAnswer.meta({ description: 'When it was done.' }),
    actor: z
      .strictObject({
        id: z.string().meta({
          description:
            'The id of an API key, of a person or of a link to the portal, `configured-admin`, or `system`: Passwire itself.',
        }),
        role: z.string().nullable().meta({ description: 'The role of the key or the person at that time.' }),
        name: z
          .string()
          .nullable()
          .meta({ description: 'The name of the key or the person at that time. A tenant sees those of its own keys.' }),
        subject: z.string().nullable().meta({
          description: "The person's subject at the identity provider, which never changes. Null: it was a key.",
        }),
      })
      .meta({ description: 'Who did it.' }),
    action: z.enum(AUDIT_ACTIONS).meta({ description: 'What was done.' }),
    target: z
      .strictObject({
        kind: z.enum(KINDS).meta({ description: 'What it is.' }),
        id: z.string().meta({ description: 'Its id.' }),
      })
      .meta({ description: 'What it was done to.' }),
    before: membersSchema.meta({
      description:
        'Of a change the members that differ, of a deletion all, as they were. Secrets and headers are `***`. Null: none.',
    }),
    after: membersSchema.meta({
      description: 'The same as they are since; of an act its circumstances, such as the reason. Null: none.',
    }),
    requestId: z.string().nullable().meta({ description: 'The request that did it, as in `x-request-id` and the log.' }),
  })
  .meta({
    id: 'AuditEntry',
    description: 'An entry of the audit log.',
    examples: [
      {
        id: EXAMPLE_IDS.audit,
        tenantId: EXAMPLE_IDS.tenant,
        at: '2026-01-15T12:00:00.000Z',
        actor: { id: EXAMPLE_IDS.apiKey, role: 'tenant', name: 'console', subject: null },
        action: 'subscription.updated',
        target: { kind: 'subscription', id: EXAMPLE_IDS.subscription },
        before: { url: 'https://hooks.example.com/old' },
        after: { url: 'https://hooks.example.com/wallet' },
        requestId: '0b6f2a1e-6a2b-4f0a-9d0e-2f3c4d5e6f70',
      },
    ],
  });

/** @param reader the tenant that the reader's key is bound to: it does not see the names of others' keys */
export function showAuditEntry(entry: AuditEntry, reader: TenantId | undefined): z.infer<typeof auditEntrySchema> {
  const { id, tenantId, at, actor, action, target, before, after, requestId } = entry;
  const isNamed = reader === undefined || reader === actor.tenantId;
  return {
    id,
    tenantId: tenantId ?? null,
    at: at.toISOString(),
    actor: {
      id: actor.id,
      role: actor.role ?? null,
      name: (isNamed && actor.name) || null,
      subject: (isNamed && actor.subject) || null,
    },
    action,
    target,
    before: before ? { ...before } : null,
    after: after ? { ...after } : null,
    requestId: requestId ?? null,
  };
}
