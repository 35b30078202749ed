import { z } from 'zod';
import { invalid, notFound } from '../domain/errors.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { newId, type SubscriptionId, type TenantId } from '../domain/id.ts';
import { isOperational } from '../domain/trigger.ts';
import type { SubscriptionStore, TemplateStore } from '../ports/configuration.ts';
import { type ChosenEventDeps, chooseEvent, eventChoiceShape } from './chosen-event.ts';

export const testInputSchema = z.strictObject(eventChoiceShape);
export type TestInput = z.infer<typeof testInputSchema>;

export interface TestEventDeps extends ChosenEventDeps {
  readonly subscriptions: Pick<SubscriptionStore, 'find'>;
  readonly templates: Pick<TemplateStore, 'find'>;
}

/**
 * The event that a test is to send; undefined for a sample. It is a copy under an id of its own: the log keeps the original as it is.
 *
 * @throws Problem not_found; invalid when the subscription would not receive the event
 */
export async function testEvent(
  deps: TestEventDeps,
  tenantId: TenantId,
  id: SubscriptionId,
  { event, eventId }: TestInput,
): Promise<AcceptedEvent | undefined> {
  if (event === undefined && eventId === undefined) return undefined;
  const subscription = await deps.subscriptions.find(tenantId, id);
  if (!subscription) throw notFound('subscription');
  const { trigger, templateId } = subscription;
  if (isOperational(trigger)) {
    const pointer = event === undefined ? '/eventId' : '/event';
    throw invalid([{ pointer, detail: `must be left out: tests of ${trigger} send a sample` }]);
  }
  const template = templateId === null ? undefined : await deps.templates.find(tenantId, templateId);
  const { event: chosen } = await chooseEvent(deps, tenantId, { trigger, event, eventId }, template);
  return { ...chosen, id: newId('event', deps.clock()), templateId: templateId ?? chosen.templateId };
}
