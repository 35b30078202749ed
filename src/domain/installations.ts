import type { EventFacts, Registrations } from './event.ts';
import type { TenantId } from './id.ts';

/** One copy of a pass on one device, as known from the events so far. */
export interface Installation {
  readonly tenantId: TenantId;
  readonly passId: string;
  readonly installId: string;
  readonly active: boolean;
  readonly registeredAt: string | undefined;
  readonly unregisteredAt: string | undefined;
}

export interface InstallationChange {
  /** The event, completed: `first`, `registrations` and `device.registeredAt` as sent, else as derived. */
  readonly facts: EventFacts;
  /** The installation after the event. */
  readonly installation: Installation;
}

/** True for the events that install or remove a copy of a pass. */
export function touchesInstallations(facts: EventFacts): boolean {
  return facts.type === 'pass.installed' || facts.type === 'pass.uninstalled';
}

/** An event without an `installId` counts as one copy per platform. */
function installIdOf(facts: EventFacts): string {
  return facts.device?.installId ?? `~${facts.device?.platform ?? 'other'}`;
}

/**
 * Applies an install or uninstall to the known installations of its pass (canonical-event: derived events, instants). Members
 * that the producer sent are copied unchecked; only absent ones are derived.
 *
 * @param known the pass's installations before the event, by install id
 */
export function applyInstallation(
  tenantId: TenantId,
  facts: EventFacts,
  known: ReadonlyMap<string, Installation>,
): InstallationChange {
  const installed = facts.type === 'pass.installed';
  const installId = installIdOf(facts);
  const before = known.get(installId);
  const remembered = facts.device?.registeredAt ?? before?.registeredAt;
  const installation: Installation = {
    tenantId,
    passId: facts.pass.id,
    installId,
    active: installed,
    registeredAt: remembered ?? (installed ? facts.occurredAt : undefined),
    unregisteredAt: installed ? undefined : (facts.device?.unregisteredAt ?? facts.occurredAt),
  };
  return {
    installation,
    facts: {
      ...facts,
      ...(facts.device && remembered !== undefined && { device: { ...facts.device, registeredAt: remembered } }),
      registrations: facts.registrations ?? countWith(known, installation),
      ...(installed && { first: facts.first ?? known.size === 0 }),
    },
  };
}

function countWith(known: ReadonlyMap<string, Installation>, changed: Installation): Registrations {
  let active = changed.active ? 1 : 0;
  let inactive = changed.active ? 0 : 1;
  for (const installation of known.values()) {
    if (installation.installId === changed.installId) continue;
    if (installation.active) active += 1;
    else inactive += 1;
  }
  return { active, inactive };
}
