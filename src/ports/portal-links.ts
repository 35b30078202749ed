import type { Id, TenantId } from '../domain/id.ts';
import type { PortalPermissions, PortalTheme } from '../domain/portal.ts';

export type PortalLinkId = Id<'portalLink'>;

/** A link to the portal, without its text. */
export interface PortalLink {
  readonly id: PortalLinkId;
  readonly tenantId: TenantId;
  readonly permissions: PortalPermissions;
  /** The page that frames the portal and is asked for new tokens. */
  readonly origin: string | undefined;
  readonly theme: PortalTheme;
  /** Whom the platform made it for. */
  readonly person: string | undefined;
  /** How long the token lasts that it is exchanged for. */
  readonly lifetimeMs: number;
}

/** Links end by the store's clock, and with their tenant. Hashes are SHA-256. */
export interface PortalLinkStore {
  /** @returns when the link ends unless it is used @throws Problem `not_found` when there is no such tenant */
  create(link: PortalLink, linkHash: Uint8Array, usableMs: number, by: string): Promise<Date>;
  /** The link, and what has become of it; undefined when there is none, or its tenant was deleted. */
  findByLink(
    linkHash: Uint8Array,
  ): Promise<{ readonly link: PortalLink; readonly state: 'open' | 'used' | 'ended' } | undefined>;
  /** Uses an open link. @returns how long its token lasts, in milliseconds; undefined: it was used or has ended meanwhile */
  use(link: PortalLink, tokenHash: Uint8Array): Promise<number | undefined>;
  /** The link of a token that has not ended. */
  findByToken(tokenHash: Uint8Array): Promise<{ readonly link: PortalLink; readonly endsInMs: number } | undefined>;
  find(id: PortalLinkId): Promise<PortalLink | undefined>;
}
