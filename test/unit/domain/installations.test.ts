import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../../src/domain/event.ts';
import { toId } from '../../../src/domain/id.ts';
import {
  applyInstallation,
  type Installation,
  lastKnownDevice,
  touchesInstallations,
} from '../../../src/domain/installations.ts';
import { PASS_TRIGGERS } from '../../../src/domain/trigger.ts';

const TENANT = toId('tenant', '0198c3f0-0000-7000-8000-0000000000aa');
const AT = '2026-03-01T12:00:00Z';

function known(...installations: Partial<Installation>[]): Map<string, Installation> {
  const empty = {
    tenantId: TENANT,
    passId: 'p',
    installId: 'a' as const,
    active: true,
    registeredAt: undefined,
    unregisteredAt: undefined,
    installedAt: undefined,
    removedAt: undefined,
    platform: undefined,
    os: undefined,
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
    installId: 'a' as const,
    active: true,
    registeredAt: AT,
    unregisteredAt: undefined,
    installedAt: AT,
    removedAt: undefined,
    platform: 'apple',
    os: undefined,
  });
});

test.each([
  [
    'a second device',
    facts('pass.installed'),
    known({ installId: 'b', registeredAt: AT }),
    { active: 2, inactive: 0 },
    false,
  ],
  ['the same device again', facts('pass.installed'), known({ registeredAt: AT }), { active: 1, inactive: 0 }, false],
  [
    'a device that comes back',
    facts('pass.installed'),
    known({ active: false, registeredAt: AT, unregisteredAt: AT }),
    { active: 1, inactive: 0 },
    false,
  ],
  ['one of two that goes', facts('pass.uninstalled'), known({}, { installId: 'b' }), { active: 1, inactive: 1 }, undefined],
  ['the last that goes', facts('pass.uninstalled'), known({}), { active: 0, inactive: 1 }, undefined],
  ['one never heard of that goes', facts('pass.uninstalled'), known(), { active: 0, inactive: 1 }, undefined],
])('P8, P10: %s', (_what, event, before, registrations, first) => {
  const { facts: completed } = applyInstallation(TENANT, event, before);
  expect(completed.registrations).toEqual(registrations);
  expect(completed.first).toBe(first);
});

test('a sent value is copied unchecked', () => {
  const sent = { first: false, registrations: { active: 7, inactive: 9 } };
  expect(applyInstallation(TENANT, facts('pass.installed', sent), known()).facts).toMatchObject(sent);
  const device = { platform: 'apple', installId: 'a', registeredAt: '2030-01-01T00:00:00Z' } as const;
  const { installation } = applyInstallation(TENANT, facts('pass.installed', { device }), known({ registeredAt: AT }));
  expect(installation.registeredAt).toBe('2030-01-01T00:00:00Z');
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

/** Applies events one after another; gives the facts of each as they would be stored. */
function applyAll(events: readonly EventFacts[]): {
  readonly completed: readonly EventFacts[];
  readonly rows: ReadonlyMap<string, Installation>;
} {
  const rows = new Map<string, Installation>();
  const completed = events.map((event) => {
    const { facts: stored, installation } = applyInstallation(TENANT, event, rows);
    rows.set(installation.installId, installation);
    return stored;
  });
  return { completed, rows };
}

function at(minute: number): string {
  return new Date(Date.parse(AT) + minute * 60_000).toISOString();
}

const install = (minute: number, device: object = {}) =>
  facts('pass.installed', { occurredAt: at(minute), device: { platform: 'apple', installId: 'a', ...device } });
const removal = (minute: number, device: object = {}) =>
  facts('pass.uninstalled', { occurredAt: at(minute), device: { platform: 'apple', installId: 'a', ...device } });

describe('the state follows the device, not the order of arrival', () => {
  test('an install that arrives after its removal is the first, and leaves the copy removed', () => {
    const { completed, rows } = applyAll([removal(5), install(0)]);
    expect(completed[1]).toMatchObject({ first: true, registrations: { active: 0, inactive: 1 } });
    expect(rows.get('a')).toMatchObject({ active: false, registeredAt: at(0), unregisteredAt: at(5) });
    const back = applyAll([removal(5), install(0), install(9)]).completed[2];
    expect(back).toMatchObject({ first: false, registrations: { active: 1, inactive: 0 } });
  });

  test('registeredAt and unregisteredAt count before occurredAt', () => {
    const { rows } = applyAll([install(9, { registeredAt: at(0) }), removal(3, { unregisteredAt: at(1) })]);
    expect(rows.get('a')).toMatchObject({ active: false, unregisteredAt: at(1) });
    expect(applyAll([install(0, { registeredAt: at(9) }), removal(5)]).rows.get('a')?.active).toBe(true);
  });

  test.each([
    ['install', [removal(5), install(5)], true],
    ['removal', [install(5), removal(5)], false],
  ])('at equal times the later accepted wins: the %s', (_what, events, active) => {
    expect(applyAll(events).rows.get('a')?.active).toBe(active);
  });

  test('instants are compared as instants, not as text', () => {
    const later = facts('pass.uninstalled', { occurredAt: '2026-03-01T14:00:00+01:00' });
    expect(applyAll([install(30), later]).rows.get('a')?.active).toBe(false);
    const earlier = facts('pass.uninstalled', { occurredAt: '2026-03-01T13:00:00+01:00' });
    expect(applyAll([install(30), earlier]).rows.get('a')?.active).toBe(true);
  });

  test('a late install neither moves a later registration nor shows it', () => {
    const { completed, rows } = applyAll([install(10, { registeredAt: at(10) }), install(0), removal(20)]);
    expect(completed[1]?.device).not.toHaveProperty('registeredAt');
    expect(completed[2]?.device?.registeredAt).toBe(at(10));
    expect(rows.get('a')?.registeredAt).toBe(at(10));
  });

  test('a row that a removal made is no install, even with a registration', () => {
    const gone = removal(5, { registeredAt: at(0) });
    expect(applyAll([gone, install(9)]).completed[1]).toMatchObject({ first: true });
  });

  const minutes = fc.integer({ min: 0, max: 8 });
  const posted = fc.record({
    isInstall: fc.boolean(),
    installId: fc.constantFrom('a', 'b', 'c'),
    occurred: minutes,
    own: fc.option(minutes, { nil: undefined }),
    counts: fc.option(fc.record({ active: fc.nat(9), inactive: fc.nat(9) }), { nil: undefined, freq: 4 }),
    first: fc.option(fc.boolean(), { nil: undefined, freq: 4 }),
  });
  type Posted = typeof posted extends fc.Arbitrary<infer T> ? T : never;

  function factsOf({ isInstall, installId, occurred, own, counts, first }: Posted): EventFacts {
    const sent = own === undefined ? {} : { [isInstall ? 'registeredAt' : 'unregisteredAt']: at(own) };
    const event = (isInstall ? install : removal)(occurred, { installId, ...sent });
    return { ...event, ...(counts && { registrations: counts }), ...(isInstall && first !== undefined && { first }) };
  }

  test('counts and first are those of a reference that looks at all events at once', () => {
    const history = fc.array(posted, { maxLength: 12 });
    fc.assert(
      fc.property(history, (events) => {
        // duplicates of an id never come here: the same content again is another event
        const { completed } = applyAll(events.map(factsOf));
        for (const [index, event] of events.entries()) {
          const accepted = events.slice(0, index + 1);
          const active = ['a', 'b', 'c'].map((id) => isActive(accepted.filter(({ installId }) => installId === id)));
          const counted = {
            active: active.filter((one) => one === true).length,
            inactive: active.filter((one) => one === false).length,
          };
          expect(completed[index]?.registrations).toEqual(event.counts ?? counted);
          const isFirst = event.first ?? !events.slice(0, index).some(({ isInstall }) => isInstall);
          expect(completed[index]?.first).toBe(event.isInstall ? isFirst : undefined);
        }
      }),
    );
  });

  /** The kind of the event that is last by the device's time; of equal ones, the later accepted. */
  function isActive(events: readonly Posted[]): boolean | undefined {
    return events.toSorted((a, b) => (a.own ?? a.occurred) - (b.own ?? b.occurred)).at(-1)?.isInstall;
  }

  test('a registration is remembered in whatever order its events come', () => {
    const history = fc.uniqueArray(posted, { maxLength: 8, selector: ({ occurred }) => occurred });
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (events, order) => {
        const sent = events.map((event) => ({
          ...event,
          installId: 'a' as const,
          own: event.isInstall ? event.occurred : undefined,
        }));
        const keys = sent.map(() => order.next().value ?? 0);
        const shuffled = sent.map((event, index) => ({ event, key: keys[index] ?? 0 })).sort((a, b) => a.key - b.key);
        const { completed } = applyAll([...shuffled.map(({ event }) => factsOf(event)), removal(99)]);
        const newest = sent.filter(({ isInstall }) => isInstall).sort((a, b) => b.occurred - a.occurred)[0];
        expect(completed.at(-1)?.device?.registeredAt).toBe(newest && at(newest.occurred));
      }),
    );
  });
});

describe('rows of earlier versions', () => {
  const older = (row: Partial<Installation>) => known({ registeredAt: at(0), ...row });
  const active = (event: EventFacts, rows: Map<string, Installation>) =>
    applyInstallation(TENANT, event, rows).installation.active;

  test('have the time of what they show', () => {
    expect(active(removal(-1), older({}))).toBe(true);
    expect(active(removal(1), older({}))).toBe(false);
    expect(active(install(4), older({ active: false, unregisteredAt: at(5) }))).toBe(false);
    expect(active(install(5), older({ active: false, unregisteredAt: at(5) }))).toBe(true);
  });

  test('are installs when they have a registration', () => {
    const first = (row: Partial<Installation>) =>
      applyInstallation(TENANT, install(9), known({ active: false, unregisteredAt: at(5), ...row })).facts.first;
    expect(first({ registeredAt: at(0) })).toBe(false);
    expect(first({})).toBe(true);
  });

  test('count where their processes changed a row after a newer one did', () => {
    const newer = { installedAt: at(0), removedAt: undefined };
    expect(active(install(4), older({ ...newer, active: false, unregisteredAt: at(5) }))).toBe(false);
    const removed = { installedAt: at(0), removedAt: at(5) };
    expect(active(removal(4), older({ ...removed, active: true, registeredAt: at(6) }))).toBe(true);
    expect(active(removal(7), older({ ...removed, active: true, registeredAt: at(6) }))).toBe(false);
  });
});

describe('E13: the known device of a pass', () => {
  test.each<[string, Partial<Installation>[], object | undefined]>([
    ['nothing', [], undefined],
    ['one that is active', [{ platform: 'google', registeredAt: at(0) }], { platform: 'google', registeredAt: at(0) }],
    [
      'the active one registered last',
      [
        { installId: 'a', platform: 'apple', registeredAt: at(1) },
        { installId: 'b', platform: 'other', os: 'Android 15', registeredAt: at(3) },
        { installId: 'c', platform: 'google', active: false, registeredAt: at(5) },
      ],
      { platform: 'other', os: 'Android 15', registeredAt: at(3) },
    ],
    [
      'the last one, when none is active',
      [
        { installId: 'a', platform: 'apple', active: false, registeredAt: at(1) },
        { installId: 'b', platform: 'google', active: false, registeredAt: at(3) },
      ],
      { platform: 'google', registeredAt: at(3) },
    ],
    ['a row of an earlier version', [{ registeredAt: at(1) }], { registeredAt: at(1) }],
  ])('%s', (_what, rows, device) => {
    expect(lastKnownDevice(known(...rows).values())).toEqual(device);
  });

  test('platform and os are stored with the installation', () => {
    const { rows } = applyAll([install(0, { platform: 'other', os: 'Samsung' }), removal(1, { platform: 'other' })]);
    expect(rows.get('a')).toMatchObject({ platform: 'other', os: 'Samsung' });
  });
});
