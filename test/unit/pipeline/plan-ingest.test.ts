import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../../src/domain/event.ts';
import { deliveryId, newId, toUuid } from '../../../src/domain/id.ts';
import { Matcher } from '../../../src/domain/matching.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import type { Trigger } from '../../../src/domain/trigger.ts';
import { completeInstallations, type NewEvent, planIngest, touchedPasses } from '../../../src/pipeline/plan-ingest.ts';
import type { LoadedConfig } from '../../../src/pipeline/tenant-configs.ts';
import { clock, configOf, makeIntegration, makeSubscription, makeTemplate, tenantId } from '../../support/configuration.ts';

const template = makeTemplate();
const standard = makeIntegration('standard');
const vibes = makeIntegration('vibes', { options: { companyKey: 'acme' } });
const AT = '2026-03-01T11:59:00Z';

function subscribe(trigger: Trigger, more: Partial<Subscription> = {}): Subscription {
  return makeSubscription(standard, { trigger, templateId: template.id, ...more });
}

async function loadedWith(...subscriptions: readonly Subscription[]): Promise<LoadedConfig> {
  const config = await configOf({ templates: [template], integrations: [standard, vibes], subscriptions }).load(tenantId);
  if (!config) throw new Error('the configuration is there');
  return { config, matcher: new Matcher(config) };
}

function event(loaded: LoadedConfig, facts: Partial<EventFacts>): NewEvent {
  const base = { type: 'pass.created', templateId: template.id, occurredAt: AT, pass: { id: 'p' } } as const;
  return { id: newId('event', clock()), tenantId, templateId: template.id, loaded, facts: { ...base, ...facts } };
}

const install = { type: 'pass.installed', device: { platform: 'apple', installId: 'a' } } as const;
const scanned = {
  type: 'pass.scanned',
  scan: { type: 'nfc', value: 'v', validationType: 'internalValidation', status: 'successful' },
} as const;

describe('deliveries', () => {
  test('one for each subscription that matches: of the template, or of all templates', async () => {
    const matching = [subscribe('pass.created'), subscribe('pass.created', { templateId: null })];
    const others = [subscribe('pass.updated'), subscribe('pass.created', { templateId: makeTemplate().id })];
    const posted = event(await loadedWith(...matching, ...others), {});
    const { events, deliveries } = planIngest([posted], clock());
    expect(events.map(({ id }) => id)).toEqual([posted.id]);
    expect(deliveries).toEqual(
      matching.map(({ id: subscriptionId, endpointId }) => {
        const id = deliveryId(posted.id, subscriptionId);
        return expect.objectContaining({
          id,
          eventId: posted.id,
          subscriptionId,
          endpointId,
          trigger: 'pass.created',
          passId: 'p',
          state: 'pending',
          messageId: `msg_${toUuid(id)}`,
          replayOf: undefined,
          test: false,
        });
      }),
    );
  });

  test('held for a subscription that is disabled, so that nothing is skipped in silence', async () => {
    const loaded = await loadedWith(subscribe('pass.created', { disabled: 'gone' }));
    expect(planIngest([event(loaded, {})], clock()).deliveries).toMatchObject([{ state: 'held' }]);
  });

  test('none outside the window of time that a Vibes registration has', async () => {
    const within = (startsAt: string | undefined, endsAt: string | undefined): Subscription =>
      makeSubscription(vibes, {
        options: {
          method: 'PUT',
          contentType: 'application/json',
          ...(startsAt && { startsAt }),
          ...(endsAt && { endsAt }),
        },
      });
    const windows = [
      within('2026-03-01T12:00:00Z', '2026-03-01T12:00:00.001Z'), // begins now
      within(undefined, '2026-03-01T12:00:00Z'), // ends now
      within('2026-03-01T12:00:00.001Z', undefined),
      within(undefined, undefined),
    ];
    const { deliveries } = planIngest([event(await loadedWith(...windows), install)], clock());
    expect(deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([windows[0]?.id, windows[3]?.id]);
  });

  test('none of an integration that is gone', async () => {
    const orphan = makeSubscription(makeIntegration('standard'), { trigger: 'pass.created' });
    expect(planIngest([event(await loadedWith(orphan), {})], clock()).deliveries).toEqual([]);
  });
});

describe('pass.first_installed', () => {
  test('is an event of its own beside the install, with or without a subscription', async () => {
    const loaded = await loadedWith();
    const posted = event(loaded, { ...install, id: 'producers-own', first: true });
    const { events } = planIngest([posted], clock());
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ derivedFrom: posted.id, templateId: template.id, tenantId });
    expect(events[1]?.id).not.toBe(posted.id);
    expect(events[1]?.facts).toEqual({ ...posted.facts, id: undefined, type: 'pass.first_installed' });
    expect(events[1]?.facts).not.toHaveProperty('id');
  });

  test('is delivered to its own subscriptions, the install to its own', async () => {
    const [first, every] = [subscribe('pass.first_installed'), subscribe('pass.installed')];
    const { events, deliveries } = planIngest(
      [event(await loadedWith(first, every), { ...install, first: true })],
      clock(),
    );
    const bySubscription = new Map(deliveries.map((delivery) => [delivery.subscriptionId, delivery]));
    expect(bySubscription.size).toBe(2);
    expect(bySubscription.get(every.id)).toMatchObject({ eventId: events[0]?.id, trigger: 'pass.installed' });
    expect(bySubscription.get(first.id)).toMatchObject({ eventId: events[1]?.id, trigger: 'pass.first_installed' });
  });

  test('does not come from an install that is not the first, nor from anything else', async () => {
    const loaded = await loadedWith(subscribe('pass.first_installed'));
    const posted = [event(loaded, { ...install, first: false }), event(loaded, install), event(loaded, {})];
    expect(planIngest(posted, clock()).events).toHaveLength(3);
    expect(planIngest(posted, clock()).deliveries).toEqual([]);
  });
});

describe('pass.tapped', () => {
  test('comes from an NFC scan where a subscription wants it', async () => {
    const wanted = subscribe('pass.tapped');
    const { events, deliveries } = planIngest([event(await loadedWith(wanted), scanned)], clock());
    expect(events.map(({ facts }) => facts.type)).toEqual(['pass.scanned', 'pass.tapped']);
    expect(events[1]?.derivedFrom).toBe(events[0]?.id);
    expect(deliveries).toMatchObject([{ subscriptionId: wanted.id, eventId: events[1]?.id, trigger: 'pass.tapped' }]);
  });

  test('is not stored where nobody wants it, and not made of a barcode scan', async () => {
    expect(planIngest([event(await loadedWith(), scanned)], clock()).events).toHaveLength(1);
    const loaded = await loadedWith(subscribe('pass.tapped'));
    const barcode = event(loaded, { ...scanned, scan: { ...scanned.scan, type: 'barcode' } });
    expect(planIngest([barcode], clock()).events).toHaveLength(1);
  });
});

describe('installations', () => {
  test('are locked once per pass, in one order', async () => {
    const loaded = await loadedWith();
    const of = (id: string): NewEvent => event(loaded, { ...install, pass: { id } });
    const passes = touchedPasses([of('b'), of('a'), event(loaded, { pass: { id: 'c' } }), of('b')]);
    expect(passes).toEqual(['a', 'b'].map((passId) => ({ tenantId, passId })));
  });

  test('follow the order of the events of one batch: only the first of them is first', async () => {
    const loaded = await loadedWith();
    const on = (installId: string, type: 'pass.installed' | 'pass.uninstalled' = 'pass.installed'): NewEvent =>
      event(loaded, { type, device: { platform: 'apple', installId } });
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

  test('of another pass or tenant do not count', async () => {
    const loaded = await loadedWith();
    const stranger = {
      tenantId: newId('tenant', 1),
      passId: 'p',
      installId: 'a',
      active: true,
      registeredAt: undefined,
      unregisteredAt: undefined,
    };
    const { events } = completeInstallations([event(loaded, install)], [stranger, { ...stranger, tenantId, passId: 'q' }]);
    expect(events[0]?.facts).toMatchObject({ first: true, registrations: { active: 1, inactive: 0 } });
  });

  test('that change nothing leave the event as it is', async () => {
    const posted = event(await loadedWith(), {});
    expect(completeInstallations([posted], [])).toEqual({ events: [posted], changed: [] });
  });
});
