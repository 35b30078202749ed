import { z } from 'zod';
import { PORTAL_PERMISSIONS, portalThemeSchema } from '../domain/portal.ts';
import type { PortalLink } from '../ports/portal-links.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer } from './paging.ts';

const EXAMPLE_LINK = 'Ue3rJq0m1vXc8b5tQpYkZs7dWnGf2hLa9oRiTxEyMwB';

export const newPortalLinkSchema = z
  .strictObject({
    id: idAnswer('portalLink', 'Its id, which the audit log names as the actor of what is done in the portal.'),
    tenantId: z.string().meta({ description: 'The tenant that is shown.' }),
    path: z.string().meta({
      description:
        'The path of the link on this host: `/portal#t=…`, with `&o=…` where there is an origin. Empty in a repeated response (`Idempotency-Key`).',
    }),
    link: z
      .string()
      .meta({ description: 'What follows `t=`: the answer to a frame that asks for a new token. Empty as `path`.' }),
    permissions: z.enum(PORTAL_PERMISSIONS).meta({ description: 'What can be done in it.' }),
    origin: z.string().nullable().meta({ description: 'The page that frames it. Null: none is asked for new tokens.' }),
    lifetimeMs: z.int().meta({ description: 'How long the portal works after it was opened, in milliseconds.' }),
    theme: portalThemeSchema.meta({ description: 'Its looks, as far as they differ from those of the installation.' }),
    person: z.string().nullable().meta({ description: 'Whom it is for.' }),
    expiresAt: instantAnswer.meta({ description: 'Until when it can be opened.' }),
  })
  .meta({
    id: 'NewPortalLink',
    description: 'A link to the portal, which is returned only once.',
    examples: [
      {
        id: EXAMPLE_IDS.portalLink,
        tenantId: EXAMPLE_IDS.tenant,
        path: `/portal#t=${EXAMPLE_LINK}&o=https%3A%2F%2Fapp.example.com`,
        link: EXAMPLE_LINK,
        permissions: 'manage',
        origin: 'https://app.example.com',
        lifetimeMs: 3_600_000,
        theme: { colour: '#0b7285', name: 'Acme Passes' },
        person: 'jane@acme.example',
        expiresAt: '2026-01-15T12:15:00.000Z',
      },
    ],
  });

interface NewLink {
  readonly link: PortalLink;
  readonly text: string;
  readonly expiresAt: Date;
}

export function showNewPortalLink({ link, text, expiresAt }: NewLink): z.infer<typeof newPortalLinkSchema> {
  const { id, tenantId, permissions, origin, lifetimeMs, theme, person } = link;
  const parameters = new URLSearchParams({ t: text, ...(origin !== undefined && { o: origin }) });
  return {
    id,
    tenantId,
    path: `/portal#${parameters}`,
    link: text,
    permissions,
    origin: origin ?? null,
    lifetimeMs,
    theme,
    person: person ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}
