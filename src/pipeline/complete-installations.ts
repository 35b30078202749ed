import type { AcceptedEvent } from '../domain/event.ts';
import type { TenantId } from '../domain/id.ts';
import {
  applyInstallation,
  type Installation,
  lacksDevice,
  lastKnownDevice,
  touchesInstallations,
} from '../domain/installations.ts';
import type { PassKey } from '../ports/events.ts';

/** The passes whose installations the events change or show, each once, sorted so that all transactions lock them in one order. */
export function concernedPasses(events: readonly AcceptedEvent[]): PassKey[] {
  const passes = new Map<string, PassKey>();
  for (const { tenantId, facts } of events) {
    if (!touchesInstallations(facts) && !lacksDevice(facts)) continue;
    passes.set(passKey(tenantId, facts.pass.id), { tenantId, passId: facts.pass.id });
  }
  return [...passes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pass]) => pass);
}

/**
 * Completes events from the known installations, in the order of the events: installs and removals, and scans without a device.
 * Returns the changed installations too.
 */
export function completeInstallations(
  events: readonly AcceptedEvent[],
  known: readonly Installation[],
): { readonly events: readonly AcceptedEvent[]; readonly changed: readonly Installation[] } {
  const byPass = new Map<string, Map<string, Installation>>();
  const installationsOf = (tenantId: TenantId, passId: string): Map<string, Installation> => {
    const key = passKey(tenantId, passId);
    const found = byPass.get(key) ?? new Map<string, Installation>();
    byPass.set(key, found);
    return found;
  };
  for (const installation of known) {
    installationsOf(installation.tenantId, installation.passId).set(installation.installId, installation);
  }
  const changed = new Map<string, Installation>();
  const completed = events.map((event) => {
    if (lacksDevice(event.facts)) {
      const knownDevice = lastKnownDevice(installationsOf(event.tenantId, event.facts.pass.id).values());
      return knownDevice ? { ...event, knownDevice } : event;
    }
    if (!touchesInstallations(event.facts)) return event;
    const installations = installationsOf(event.tenantId, event.facts.pass.id);
    const { facts, installation } = applyInstallation(event.tenantId, event.facts, installations);
    installations.set(installation.installId, installation);
    changed.set(JSON.stringify([event.tenantId, installation.passId, installation.installId]), installation);
    return { ...event, facts };
  });
  return { events: completed, changed: [...changed.values()] };
}

function passKey(tenantId: TenantId, passId: string): string {
  return `${tenantId} ${passId}`;
}
