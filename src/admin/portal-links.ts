import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { conflict, invalid } from '../domain/errors.ts';
import { newId, parseId } from '../domain/id.ts';
import { PORTAL_PERMISSIONS, type PortalOptions, portalThemeSchema } from '../domain/portal.ts';
import type { TenantStore } from '../ports/configuration.ts';
import type { PortalLink, PortalLinkStore } from '../ports/portal-links.ts';
import type { Clock } from '../ports/process.ts';

export interface PortalLinkDeps {
  readonly portalLinks: PortalLinkStore;
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly portal: Pick<PortalOptions, 'origins'>;
  readonly clock: Clock;
}

/** How long a link can be used. */
const USABLE_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MAX_LIFETIME_H = 12;
const SECRET_BYTES = 32;
/** What the text of a token begins with. */
export const TOKEN_PREFIX = 'pwp_';

export const portalLinkInputSchema = z.strictObject({
  tenantId: z.string().meta({ description: 'The tenant that is shown.' }),
  permissions: z.enum(PORTAL_PERMISSIONS).meta({
    description:
      '`read`: nothing can be changed or sent. `manage`: what a tenant key may do, except posting events and erasing.',
  }),
  origin: z.string().nullable().default(null).meta({
    description:
      'The page that shows the portal in a frame, and is asked for a new token before one ends: one of `PORTAL_ORIGINS`. Null: no page is asked.',
  }),
  lifetimeMs: z
    .int()
    .min(MINUTE_MS)
    .max(MAX_LIFETIME_H * HOUR_MS)
    .default(HOUR_MS)
    .meta({
      description: 'How long the portal works after the link was opened, in milliseconds: 1 minute to 12 hours.',
    }),
  theme: portalThemeSchema.prefault({}).meta({ description: 'Its looks; what is left out is as the installation has it.' }),
  person: z.string().min(1).max(255).nullable().default(null).meta({
    description: 'Whom it is for, in your words: the audit log names it with what is done in the portal.',
  }),
});
export type PortalLinkInput = z.infer<typeof portalLinkInputSchema>;

/** Makes a link. Its text is returned only here: the store has its SHA-256. @throws Problem invalid */
export async function createPortalLink(
  { portalLinks, tenants, portal, clock }: PortalLinkDeps,
  { tenantId: named, permissions, origin, lifetimeMs, theme, person }: PortalLinkInput,
  by: string,
): Promise<{ readonly link: PortalLink; readonly text: string; readonly expiresAt: Date }> {
  const tenantId = parseId('tenant', named);
  if (!tenantId || !(await tenants.find(tenantId))) throw invalid([{ pointer: '/tenantId', detail: 'names no tenant' }]);
  if (origin !== null && !portal.origins.includes(origin)) {
    throw invalid([{ pointer: '/origin', detail: rightOrigin(portal) }]);
  }
  const link: PortalLink = {
    id: newId('portalLink', clock()),
    tenantId,
    permissions,
    origin: origin ?? undefined,
    theme,
    person: person ?? undefined,
    lifetimeMs,
  };
  const text = randomBytes(SECRET_BYTES).toString('base64url');
  const expiresAt = await portalLinks.create(link, hashOf(text), USABLE_MS, by);
  return { link, text, expiresAt };
}

function rightOrigin({ origins }: PortalLinkDeps['portal']): string {
  if (origins.length === 0) return 'must be null: PORTAL_ORIGINS names no page that may show the portal';
  return `must be one of PORTAL_ORIGINS: ${origins.join(', ')}`;
}

/** The link with this text; undefined when there is none. @throws Problem conflict when it was used or has ended */
export async function findOpenLink(
  { portalLinks }: Pick<PortalLinkDeps, 'portalLinks'>,
  text: string,
): Promise<PortalLink | undefined> {
  const found = await portalLinks.findByLink(hashOf(text));
  if (found?.state === 'used') throw alreadyUsed();
  if (found?.state === 'ended') {
    throw conflict('portal-link-ended', 'This link was not opened within 15 minutes. Have another one made.');
  }
  return found?.link;
}

/** Exchanges a link for a token. @returns its text, and how long it lasts @throws Problem conflict when it was used meanwhile */
export async function usePortalLink(
  { portalLinks }: Pick<PortalLinkDeps, 'portalLinks'>,
  link: PortalLink,
): Promise<{ readonly text: string; readonly endsInMs: number }> {
  const text = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const endsInMs = await portalLinks.use(link, hashOf(text));
  if (endsInMs === undefined) throw alreadyUsed();
  return { text, endsInMs };
}

function alreadyUsed(): Error {
  return conflict('portal-link-used', 'This link was opened before, and works once. Have another one made.');
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
