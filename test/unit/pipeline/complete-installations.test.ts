import { describe, expect, test } from 'vitest';
import type { AcceptedEvent, EventFacts } from '../../../src/domain/event.ts';
import { newId } from '../../../src/domain/id.ts';
import { completeInstallations, concernedPasses } from '../../../src/pipeline/complete-installations.ts';
import { clock, makeTemplate, tenantId } from '../../support/configuration.ts';

const template = makeTemplate();

function event(facts: Partial<EventFacts>): AcceptedEvent {
  const base = { type: 'pass.created', templateId: 't', occurredAt: '2026-03-01T11:59:00Z', pass: { id: 'p' } } as const;
  const id = newId('event', clock());
  return { id, tenantId, templateId: template.id, derivedFrom: undefined, facts: { ...base, ...facts } };
}

const install = { type: 'pass.installed', device: { platform: 'apple', installId: 'a' } } as const;

describe('installations', () => {
  test('are locked once per pass, in one order', () => {
    const of = (id: string): AcceptedEvent => event({ ...install, pass: { id } });
    const passes = concernedPasses([of('b'), of('a'), event({ pass: { id: 'c' } }), of('b')]);
    expect(passes).toEqual(['a', 'b'].map((passId) => ({ tenantId, passId })));
  });

  test('follow the order of the events of one batch: only the first of them is first', () => {
    const on = (installId: string, type: 'pass.installed' | 'pass.uninstalled' = 'pass.installed'): AcceptedEvent =>
      event({ type, device: { platform: 'apple', installId } });
    const { events, changed } = completeInstallations([on('a'), on('b'), on('a', 'pass.uninstalled'), on('a')], []);
    expect(events.map(({ facts: { first, registrations } }) => [first, registrations])).toEqual([
      [true, { active: 1, inactive: 0 }],
      [false, { active: 2, inactive: 0 }],
      [undefined, { active: 1, inactive: 1 }],
      [false, { active: 2, inactive: 0 }],
    ]);
    expect(changed.map(({ installId, active }) => [installId, active])).toEqual([
      ['a', true],
      ['b', true],
    ]);
  });

  test('of another pass or tenant do not count', () => {
    const stranger = {
      tenantId: newId('tenant', 1),
      passId: 'p',
      installId: 'a',
      active: true,
      registeredAt: undefined,
      unregisteredAt: undefined,
      installedAt: '2026-03-01T11:00:00Z',
      removedAt: undefined,
      platform: 'google',
      os: undefined,
    } as const;
    const { events } = completeInstallations([event(install)], [stranger, { ...stranger, tenantId, passId: 'q' }]);
    expect(events[0]?.facts).toMatchObject({ first: true, registrations: { active: 1, inactive: 0 } });
  });

  test('that change nothing leave the event as it is', () => {
    const posted = event({});
    expect(completeInstallations([posted], [])).toEqual({ events: [posted], changed: [] });
  });

  test('E13: a scan without a device gets the known one beside it, in the order of the batch', () => {
    const scan = event({ type: 'pass.scanned' });
    const { events } = completeInstallations([scan, event(install), scan], []);
    expect(events[0]).toBe(scan);
    expect(events[2]).toMatchObject({ knownDevice: { platform: 'apple', registeredAt: '2026-03-01T11:59:00Z' } });
    expect(events[2]?.facts).toEqual(scan.facts);
    const own = event({ type: 'pass.tapped', device: { platform: 'google' } });
    expect(completeInstallations([event(install), own], []).events[1]).toBe(own);
    expect(concernedPasses([scan, own])).toEqual([{ tenantId, passId: 'p' }]);
  });
});
