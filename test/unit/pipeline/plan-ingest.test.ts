import { describe, expect, test } from 'vitest';
import type { AcceptedEvent, EventFacts } from '../../../src/domain/event.ts';
import { deliveryId, newId, toUuid } from '../../../src/domain/id.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import type { Trigger } from '../../../src/domain/trigger.ts';
import { deliveriesByEvent, type IngestPlan, planIngest } from '../../../src/pipeline/plan-ingest.ts';
import { type LoadedConfig, loadedConfig } from '../../../src/pipeline/tenant-configs.ts';
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
  return loadedConfig(config, () => config.readAtMs);
}

function event(facts: Partial<EventFacts>): AcceptedEvent {
  const base = { type: 'pass.created', templateId: template.id, occurredAt: AT, pass: { id: 'p' } } as const;
  const id = newId('event', clock());
  return { id, tenantId, templateId: template.id, derivedFrom: undefined, facts: { ...base, ...facts } };
}

/** Plans the ingest of events with a configuration that has these subscriptions. */
async function plan(events: readonly AcceptedEvent[], ...subscriptions: readonly Subscription[]): Promise<IngestPlan> {
  return planIngest(events, new Map([[tenantId, await loadedWith(...subscriptions)]]), clock());
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
    const posted = event({});
    const { events, deliveries } = await plan([posted], ...matching, ...others);
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
    const { deliveries } = await plan([event({})], subscribe('pass.created', { disabled: 'gone' }));
    expect(deliveries).toMatchObject([{ state: 'held' }]);
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
    const { deliveries } = await plan([event(install)], ...windows);
    expect(deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([windows[0]?.id, windows[3]?.id]);
  });

  test('none of a deleted integration', async () => {
    const orphan = makeSubscription(makeIntegration('standard'), { trigger: 'pass.created' });
    expect((await plan([event({})], orphan)).deliveries).toEqual([]);
  });
});

describe('pass.first_installed', () => {
  test('is an event of its own beside the install, with or without a subscription', async () => {
    const posted = event({ ...install, id: 'producers-own', first: true });
    const { events } = await plan([posted]);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ derivedFrom: posted.id, templateId: template.id, tenantId });
    expect(events[1]?.id).not.toBe(posted.id);
    expect(events[1]?.facts).toEqual({ ...posted.facts, id: undefined, type: 'pass.first_installed' });
    expect(events[1]?.facts).not.toHaveProperty('id');
  });

  test('is delivered to its own subscriptions, the install to its own', async () => {
    const [first, every] = [subscribe('pass.first_installed'), subscribe('pass.installed')];
    const { events, deliveries } = await plan([event({ ...install, first: true })], first, every);
    const bySubscription = new Map(deliveries.map((delivery) => [delivery.subscriptionId, delivery]));
    expect(bySubscription.size).toBe(2);
    expect(bySubscription.get(every.id)).toMatchObject({ eventId: events[0]?.id, trigger: 'pass.installed' });
    expect(bySubscription.get(first.id)).toMatchObject({ eventId: events[1]?.id, trigger: 'pass.first_installed' });
  });

  test('comes from no later install and from no other trigger', async () => {
    const posted = [event({ ...install, first: false }), event(install), event({})];
    const { events, deliveries } = await plan(posted, subscribe('pass.first_installed'));
    expect(events).toHaveLength(3);
    expect(deliveries).toEqual([]);
  });
});

describe('pass.tapped', () => {
  test('comes from an NFC scan where a subscription wants it', async () => {
    const wanted = subscribe('pass.tapped');
    const { events, deliveries } = await plan([event(scanned)], wanted);
    expect(events.map(({ facts }) => facts.type)).toEqual(['pass.scanned', 'pass.tapped']);
    expect(events[1]?.derivedFrom).toBe(events[0]?.id);
    expect(deliveries).toMatchObject([{ subscriptionId: wanted.id, eventId: events[1]?.id, trigger: 'pass.tapped' }]);
  });

  test('is not stored without a subscription, nor derived from a barcode scan', async () => {
    expect((await plan([event(scanned)])).events).toHaveLength(1);
    const barcode = event({ ...scanned, scan: { ...scanned.scan, type: 'barcode' } });
    expect((await plan([barcode], subscribe('pass.tapped'))).events).toHaveLength(1);
  });
});

describe('an event without a delivery', () => {
  const closed = makeSubscription(vibes, {
    trigger: 'pass.installed',
    templateId: template.id,
    options: { method: 'PUT', contentType: 'application/json', endsAt: '2026-01-01T00:00:00Z' },
  });

  test.each([
    ['no-subscription', [subscribe('pass.updated')]],
    ['filtered', [subscribe('pass.installed', { templateId: makeTemplate().id })]],
    ['outside-window', [closed]],
    ['outside-window', [closed, subscribe('pass.installed', { templateId: makeTemplate().id })]],
  ] as const)('is stored with the reason: %s', async (reason, subscriptions) => {
    const { events } = await plan([event(install)], ...subscriptions);
    expect(events.map(({ undelivered }) => undelivered)).toEqual([reason]);
  });

  test('may lead to one of a derived event, which counts', async () => {
    const made = await plan([event({ ...install, first: true })], subscribe('pass.first_installed'));
    const [posted, derived] = made.events;
    expect([posted?.undelivered, derived?.undelivered]).toEqual(['no-subscription', undefined]);
    expect([...deliveriesByEvent(made)]).toEqual([[posted?.id, 1]]);
  });

  test('is not one that has a delivery, though it is held', async () => {
    const { events } = await plan([event(install)], subscribe('pass.installed', { disabled: 'requested' }));
    expect(events.map(({ undelivered }) => undelivered)).toEqual([undefined]);
  });
});
