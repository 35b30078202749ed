import { expect, test } from 'vitest';
import type { EventFacts } from '../../../src/domain/event.ts';
import { toId } from '../../../src/domain/id.ts';
import { applyInstallation, type Installation, touchesInstallations } from '../../../src/domain/installations.ts';
import { PASS_TRIGGERS } from '../../../src/domain/trigger.ts';

const TENANT = toId('tenant', '0198c3f0-0000-7000-8000-0000000000aa');
const AT = '2026-03-01T12:00:00Z';

function known(...installations: Partial<Installation>[]): Map<string, Installation> {
  const empty = {
    tenantId: TENANT,
    passId: 'p',
    installId: 'a',
    active: true,
    registeredAt: undefined,
    unregisteredAt: undefined,
  };
  return new Map(installations.map((installation) => [installation.installId ?? 'a', { ...empty, ...installation }]));
}

function facts(type: 'pass.installed' | 'pass.uninstalled', more: Partial<EventFacts> = {}): EventFacts {
  return {
    type,
    templateId: 't',
    occurredAt: AT,
    pass: { id: 'p' },
    device: { platform: 'apple', installId: 'a' },
    ...more,
  };
}

test('only installs and uninstalls touch installations', () => {
  const touching = PASS_TRIGGERS.filter((type) =>
    touchesInstallations({ type, templateId: 't', occurredAt: AT, pass: { id: 'p' } }),
  );
  expect(touching).toEqual(['pass.installed', 'pass.uninstalled']);
});

test('the first install of a pass', () => {
  const { facts: completed, installation } = applyInstallation(TENANT, facts('pass.installed'), known());
  expect(completed).toMatchObject({ first: true, registrations: { active: 1, inactive: 0 } });
  expect(completed.device).not.toHaveProperty('registeredAt');
  expect(installation).toEqual({
    tenantId: TENANT,
    passId: 'p',
    installId: 'a',
    active: true,
    registeredAt: AT,
    unregisteredAt: undefined,
  });
});

test.each([
  ['a second device', facts('pass.installed'), known({ installId: 'b' }), { active: 2, inactive: 0 }, false],
  ['the same device again', facts('pass.installed'), known({}), { active: 1, inactive: 0 }, false],
  ['a device that comes back', facts('pass.installed'), known({ active: false }), { active: 1, inactive: 0 }, false],
  ['one of two that goes', facts('pass.uninstalled'), known({}, { installId: 'b' }), { active: 1, inactive: 1 }, undefined],
  ['the last that goes', facts('pass.uninstalled'), known({}), { active: 0, inactive: 1 }, undefined],
  ['one never heard of that goes', facts('pass.uninstalled'), known(), { active: 0, inactive: 1 }, undefined],
])('P8, P10: %s', (_what, event, before, registrations, first) => {
  const { facts: completed } = applyInstallation(TENANT, event, before);
  expect(completed.registrations).toEqual(registrations);
  expect(completed.first).toBe(first);
});

test('what was sent is copied unchecked', () => {
  const sent = { first: false, registrations: { active: 7, inactive: 9 } };
  expect(applyInstallation(TENANT, facts('pass.installed', sent), known()).facts).toMatchObject(sent);
  const device = { platform: 'apple', installId: 'a', registeredAt: '2020-01-01T00:00:00Z' } as const;
  const { installation } = applyInstallation(TENANT, facts('pass.installed', { device }), known({ registeredAt: AT }));
  expect(installation.registeredAt).toBe('2020-01-01T00:00:00Z');
});

test('V7: a removal remembers when its copy was registered', () => {
  const { facts: completed, installation } = applyInstallation(
    TENANT,
    facts('pass.uninstalled'),
    known({ registeredAt: AT }),
  );
  expect(completed.device?.registeredAt).toBe(AT);
  expect(installation).toMatchObject({ active: false, registeredAt: AT, unregisteredAt: AT });
});

test('without install ids there is one copy per platform', () => {
  const apple = facts('pass.installed', { device: { platform: 'apple' } });
  const { installation } = applyInstallation(TENANT, apple, known());
  const before = new Map([[installation.installId, installation]]);
  expect(applyInstallation(TENANT, apple, before).facts.registrations).toEqual({ active: 1, inactive: 0 });
  const google = facts('pass.installed', { device: { platform: 'google' } });
  expect(applyInstallation(TENANT, google, before).facts.registrations).toEqual({ active: 2, inactive: 0 });
});
