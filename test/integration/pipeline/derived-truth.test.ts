import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toUuid } from '../../../src/domain/id.ts';
import { isOperationalEvent } from '../../../src/domain/operational-event.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { givenSetup, useTwoInstances } from './installation.ts';

// What is derived of installs and removals, held against a model of its own on the real store: whatever the order of arrival, with
// repetitions, over two API processes.

/** One install or removal, as a producer posts it. */
interface Posted {
  readonly isInstall: boolean;
  /** Undefined: the producer names no installation. */
  readonly device: 'a' | 'b' | undefined;
  readonly occurredAt: number;
  /** The device's own time; undefined: not sent. */
  readonly deviceAt: number | undefined;
  readonly counts: { readonly active: number; readonly inactive: number } | undefined;
  readonly first: boolean | undefined;
  /** Posted again at once, and by the other process. */
  readonly isRepeated: boolean;
}

const minute = fc.integer({ min: 0, max: 20 });
const posted: fc.Arbitrary<Posted> = fc.record({
  isInstall: fc.boolean(),
  device: fc.constantFrom('a' as const, 'b' as const, undefined),
  occurredAt: minute,
  deviceAt: fc.option(minute, { nil: undefined }),
  counts: fc.option(fc.constant({ active: 41, inactive: 7 }), { nil: undefined, freq: 5 }),
  first: fc.option(fc.boolean(), { nil: undefined, freq: 5 }),
  isRepeated: fc.boolean(),
});

const instant = (at: number): string => new Date(Date.UTC(2026, 2, 1, 12, at)).toISOString();

function eventOf(id: string, passId: string, templateId: string, event: Posted): PostedItem {
  const { isInstall, device, deviceAt, counts, first } = event;
  const shown = {
    platform: 'apple' as const,
    ...(device && { installId: device }),
    ...(deviceAt !== undefined && { [isInstall ? 'registeredAt' : 'unregisteredAt']: instant(deviceAt) }),
  };
  const made = {
    id,
    type: isInstall ? ('pass.installed' as const) : ('pass.uninstalled' as const),
    templateId,
    occurredAt: instant(event.occurredAt),
    pass: { id: passId },
    device: shown,
    ...(counts && { registrations: counts }),
    ...(isInstall && first !== undefined && { first }),
  };
  return { event: made as PostedItem['event'], text: JSON.stringify(made) };
}

const timeOf = ({ deviceAt, occurredAt }: Posted): number => deviceAt ?? occurredAt;
const copyOf = ({ device }: Posted): string => device ?? 'none';

/** Each copy is as its newest event says; of two at one time, as the later accepted. */
function expectedCounts(accepted: readonly Posted[]) {
  const copies = Map.groupBy(accepted, copyOf);
  const states = [...copies.values()].map((events) =>
    events.reduce((newest, event) => (timeOf(event) >= timeOf(newest) ? event : newest)),
  );
  const active = states.filter(({ isInstall }) => isInstall).length;
  return { active, inactive: states.length - active };
}

const instances = useTwoInstances();
let passes = 0;

test('counts, first installs and registrations are right in every order of arrival', async () => {
  const { db, one, other } = instances();
  const { tenantId, template } = await givenSetup(db);
  const events = createEventStore(db);

  await fc.assert(
    fc.asyncProperty(fc.array(posted, { minLength: 1, maxLength: 10 }), async (sequence) => {
      const passId = `pass-${++passes}`;
      const accepted: Posted[] = [];
      for (const [number, event] of sequence.entries()) {
        const item = eventOf(`${passId}-${number}`, passId, template.id, event);
        const [result] = await (number % 2 ? one : other).ingest(tenantId, [item]);
        if (result?.kind !== 'accepted') throw new Error(JSON.stringify(result));
        if (event.isRepeated) {
          const again = await Promise.all([one.ingest(tenantId, [item]), other.ingest(tenantId, [item])]);
          expect(again.flat()).toMatchObject([result, result].map(({ id }) => ({ id, duplicate: true })));
        }
        const before = accepted.slice();
        accepted.push(event);
        const stored = await events.find(tenantId, result.id);
        if (!stored || isOperationalEvent(stored)) throw new Error('the event is stored');
        const { facts } = stored;

        expect(facts.registrations).toEqual(event.counts ?? expectedCounts(accepted));
        const isFirst = event.first ?? !before.some(({ isInstall }) => isInstall);
        if (event.isInstall) expect(facts.first).toBe(isFirst);
        const derived = await db.$queryRaw<object[]>`
          SELECT FROM events WHERE derived_from = ${toUuid(result.id)}::uuid AND type = 'pass.first_installed'`;
        expect(derived).toHaveLength(event.isInstall && isFirst ? 1 : 0);
        expectRegistration(facts.device?.registeredAt, event, before);
      }
    }),
    { numRuns: 40 },
  );
});

/** What was sent is shown; otherwise only what an earlier install of the same copy says. */
function expectRegistration(shown: string | undefined, event: Posted, before: readonly Posted[]): void {
  if (event.isInstall && event.deviceAt !== undefined) {
    expect(shown).toBe(instant(event.deviceAt));
    return;
  }
  const installs = before.filter((earlier) => earlier.isInstall && copyOf(earlier) === copyOf(event));
  if (installs.length === 0) expect(shown).toBeUndefined();
  else if (shown !== undefined) expect(installs.map((install) => instant(timeOf(install)))).toContain(shown);
  else expect(event.isInstall).toBe(true); // it happened before the install that is remembered
}
