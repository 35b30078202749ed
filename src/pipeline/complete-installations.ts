import type { AcceptedEvent } from '../domain/event.ts';
import type { TenantId } from '../domain/id.ts';
import { applyInstallation, type Installation, touchesInstallations } from '../domain/installations.ts';
import type { PassKey } from '../ports/events.ts';

/** The passes whose installations the events touch, each once, sorted so that all transactions lock them in one order. */
export function touchedPasses(events: readonly AcceptedEvent[]): PassKey[] {
  const passes = new Map<string, PassKey>();
  for (const { tenantId, facts } of events) {
    if (touchesInstallations(facts)) passes.set(passKey(tenantId, facts.pass.id), { tenantId, passId: facts.pass.id });
  }
  return [...passes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pass]) => pass);
}

/** Completes installs and uninstalls from the known installations, in the order of the events; returns the changed ones too. */
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
