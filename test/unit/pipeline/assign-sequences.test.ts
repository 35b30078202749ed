import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { assignSequences, neededSequences } from '../../../src/pipeline/assign-sequences.ts';
import { newDelivery } from '../../../src/pipeline/new-deliveries.ts';
import type { NewDelivery } from '../../../src/ports/events.ts';
import { makeIntegration, makeSubscription, tenantId } from '../../support/configuration.ts';

const integration = makeIntegration('standard');
const ordered = makeSubscription(integration, { ordering: 'pass' });
const disabled = makeSubscription(integration, { ordering: 'pass', disabled: 'requested' });
const unordered = makeSubscription(integration);

function delivery(subscription: typeof ordered, passId: string): NewDelivery {
  const id = newId('event', 0);
  const facts = { type: 'pass.created', templateId: 't', occurredAt: '', pass: { id: passId } } as const;
  const event = { id, tenantId, templateId: newId('template', 0), derivedFrom: undefined, facts };
  return newDelivery(event, subscription);
}

const summary = (deliveries: readonly NewDelivery[]) => deliveries.map(({ sequence, state }) => [sequence, state]);

describe('the sequences of new deliveries', () => {
  it('are needed by ordered subscriptions only, once per pass', () => {
    const deliveries = [delivery(unordered, 'a'), delivery(ordered, 'a'), delivery(ordered, 'b'), delivery(ordered, 'a')];
    expect(neededSequences(deliveries)).toEqual([
      { subscriptionId: ordered.id, passId: 'a', count: 2 },
      { subscriptionId: ordered.id, passId: 'b', count: 1 },
    ]);
    expect(neededSequences([delivery(unordered, 'a')])).toEqual([]);
  });

  it('follow the order of the events; the first is pending when nothing is open, the others are blocked', () => {
    const deliveries = [delivery(ordered, 'a'), delivery(unordered, 'a'), delivery(ordered, 'a'), delivery(ordered, 'b')];
    const taken = [
      { subscriptionId: ordered.id, passId: 'b', last: 1 },
      { subscriptionId: ordered.id, passId: 'a', last: 2 },
    ];
    expect(summary(assignSequences(deliveries, taken))).toEqual([
      [1, 'pending'],
      [undefined, 'pending'],
      [2, 'blocked'],
      [1, 'pending'],
    ]);
  });

  it('wait behind deliveries that are already open', () => {
    const deliveries = [delivery(ordered, 'a'), delivery(ordered, 'a')];
    const taken = [{ subscriptionId: ordered.id, passId: 'a', last: 9 }];
    expect(summary(assignSequences(deliveries, taken))).toEqual([
      [8, 'blocked'],
      [9, 'blocked'],
    ]);
  });

  it('of a disabled subscription: the first is held', () => {
    const deliveries = [delivery(disabled, 'a'), delivery(disabled, 'a')];
    const taken = [{ subscriptionId: disabled.id, passId: 'a', last: 2 }];
    expect(summary(assignSequences(deliveries, taken))).toEqual([
      [1, 'held'],
      [2, 'blocked'],
    ]);
  });
});
