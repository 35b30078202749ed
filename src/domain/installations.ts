import type { Device, KnownDevice, Registrations } from './device.ts';
import type { EventFacts } from './event.ts';
import type { TenantId } from './id.ts';

/** One copy of a pass on one device, as known from the events so far. */
export interface Installation {
  readonly tenantId: TenantId;
  readonly passId: string;
  readonly installId: string;
  readonly active: boolean;
  readonly registeredAt: string | undefined;
  readonly unregisteredAt: string | undefined;
  /**
   * When the newest install and the newest removal happened by the device's own time; undefined when none was accepted. Rows that were
   * written before these were stored have neither.
   */
  readonly installedAt: string | undefined;
  readonly removedAt: string | undefined;
  readonly platform: Device['platform'] | undefined;
  readonly os: string | undefined;
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

/** True for the events that show a device they were not sent with. */
export function lacksDevice({ type, device }: EventFacts): boolean {
  return (type === 'pass.scanned' || type === 'pass.tapped') && device === undefined;
}

/** An event without an `installId` counts as one copy per platform. */
function installIdOf(facts: EventFacts): string {
  return facts.device?.installId ?? `~${facts.device?.platform ?? 'other'}`;
}

/**
 * Applies an install or uninstall to the known installations of its pass (canonical-event: derived events, instants). The state of a
 * copy follows the device's own time, not the order of arrival; at equal times the later accepted wins. Members that the producer
 * sent are copied unchecked; only absent ones are derived.
 *
 * @param known the pass's installations before the event, by install id
 */
export function applyInstallation(
  tenantId: TenantId,
  facts: EventFacts,
  known: ReadonlyMap<string, Installation>,
): InstallationChange {
  const before = known.get(installIdOf(facts));
  const installation = installationAfter(tenantId, facts, before);
  const registeredAt = facts.device?.registeredAt ?? remembered(facts, before);
  return {
    installation,
    facts: {
      ...facts,
      ...(facts.device && registeredAt !== undefined && { device: { ...facts.device, registeredAt } }),
      registrations: facts.registrations ?? countWith(known, installation),
      ...(facts.type === 'pass.installed' && { first: facts.first ?? ![...known.values()].some(wasInstalled) }),
    },
  };
}

/** The installation that is active and registered last, else the one registered last; undefined when there is none. */
export function lastKnownDevice(known: Iterable<Installation>): KnownDevice | undefined {
  const all = [...known];
  const active = all.filter((installation) => installation.active);
  const [last] = (active.length > 0 ? active : all).sort((a, b) => timeOf(b.registeredAt) - timeOf(a.registeredAt));
  if (!last) return undefined;
  const { platform, os, registeredAt } = last;
  return {
    ...(platform && { platform }),
    ...(os !== undefined && { os }),
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

function installationAfter(tenantId: TenantId, facts: EventFacts, before: Installation | undefined): Installation {
  const { device, occurredAt } = facts;
  const installed = facts.type === 'pass.installed';
  const at = (installed ? device?.registeredAt : device?.unregisteredAt) ?? occurredAt;
  const isNewest = before === undefined || Date.parse(at) >= changedAtMs(before);
  const isNewestOfKind =
    before === undefined || Date.parse(at) >= timeOf(installed ? installedAt(before) : removedAt(before));
  const stays = { active: before?.active ?? installed, unregisteredAt: before?.unregisteredAt };
  const changes = { active: installed, unregisteredAt: installed ? undefined : at };
  return {
    tenantId,
    passId: facts.pass.id,
    installId: installIdOf(facts),
    ...(isNewest ? changes : stays),
    registeredAt: registeredAfter(facts, before, isNewestOfKind),
    installedAt: installed && isNewestOfKind ? at : before && installedAt(before),
    removedAt: !installed && isNewestOfKind ? at : before && removedAt(before),
    platform: device?.platform ?? before?.platform,
    os: device?.os ?? before?.os,
  };
}

/** The registration to remember: the newest install's own, where it has one. */
function registeredAfter(
  { type, device, occurredAt }: EventFacts,
  before: Installation | undefined,
  isNewestOfKind: boolean,
): string | undefined {
  const sent = device?.registeredAt;
  const own = isNewestOfKind ? (sent ?? before?.registeredAt) : (before?.registeredAt ?? sent);
  return own ?? (type === 'pass.installed' ? occurredAt : undefined);
}

/** When the copy of an event was registered, by an earlier install; of an install, by none that happened after it. */
function remembered({ type, occurredAt }: EventFacts, before: Installation | undefined): string | undefined {
  const registeredAt = before?.registeredAt;
  const isLater = type === 'pass.installed' && timeOf(registeredAt) > Date.parse(occurredAt);
  return isLater ? undefined : registeredAt;
}

/** True when an install of the copy was accepted, whatever its device time; a row that a removal made is none. */
function wasInstalled(installation: Installation): boolean {
  return installedAt(installation) !== undefined;
}

/** When the copy got its present state, by the device's own time. */
function changedAtMs(installation: Installation): number {
  return timeOf(installation.active ? installedAt(installation) : removedAt(installation));
}

/**
 * The newest install. A process of an earlier version changes `active` and the shown instants only: then these count. So they do for
 * rows without either instant; there, a registration means an install.
 */
function installedAt(installation: Installation): string | undefined {
  const { active, registeredAt } = installation;
  const isOlder = installation.installedAt === undefined && installation.removedAt === undefined;
  const isStale = active && timeOf(installation.removedAt) > timeOf(installation.installedAt);
  if (isStale) return later(registeredAt, installation.removedAt);
  return isOlder ? registeredAt : installation.installedAt;
}

/** The newest removal, alike. */
function removedAt(installation: Installation): string | undefined {
  const { active, unregisteredAt } = installation;
  if (active) return installation.removedAt;
  const isStale = timeOf(installation.installedAt) > timeOf(installation.removedAt);
  return isStale || installation.removedAt === undefined ? unregisteredAt : installation.removedAt;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  return timeOf(a) >= timeOf(b) ? a : b;
}

/** Unix milliseconds; before everything when there is no instant. */
function timeOf(instant: string | undefined): number {
  return instant === undefined ? Number.NEGATIVE_INFINITY : Date.parse(instant);
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
