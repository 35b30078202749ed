import { z } from 'zod';
import { type BodyObject, type BodyValue, fromJson, object } from '../domain/body.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { toMillisecondsZ } from '../domain/instant.ts';
import type { JsonValue } from '../domain/json.ts';
import type { OperationalEvent } from '../domain/operational-event.ts';
import { passAfter } from '../domain/pass.ts';
import { STANDARD_POLICY } from '../domain/policy.ts';
import type { Template } from '../domain/template.ts';
import { TRIGGERS, type Trigger } from '../domain/trigger.ts';
import type { BodyInput, Dialect } from './dialect.ts';
import { openFieldKeys } from './read-event.ts';

const optionsSchema = z.strictObject({}).meta({
  id: 'StandardOptions',
  title: 'Standard Webhooks options',
  description: 'Integration options of the dialect `standard`: none.',
  examples: [{}],
});
const subscriptionSchema = z.strictObject({}).meta({
  id: 'StandardSubscriptionOptions',
  title: 'Standard Webhooks subscription options',
  description: 'Subscription options of the dialect `standard`: none.',
  examples: [{}],
});

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

/** What the producer names itself, in the data. */
export const OPEN_IN_DATA = ['pass', 'changes'].flatMap((parent) => [
  `/data/${parent}/fields`,
  `/data/${parent}/genericProperties`,
  `/data/${parent}/referenceData`,
]);

/** Passwire's own: the envelope of Standard Webhooks 1.0.0 around the event as it is. What is absent is left out. */
export const standard: Dialect<Options, SubscriptionOptions> = {
  name: 'standard',
  label: 'Standard Webhooks',
  description:
    "Passwire's own format: the whole event in the Standard Webhooks envelope, for receivers without a vendor's format.",
  eventNames: Object.fromEntries(TRIGGERS.map((trigger) => [trigger, trigger])) as Readonly<Record<Trigger, string>>,
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: [],
  openContainers: OPEN_IN_DATA,
  policy: () => STANDARD_POLICY,
  passIdPaths: () => ['/data/pass/id'],
  buildBody,
  buildOperationalBody,
};

function buildBody({ event, trigger, template }: BodyInput<Options, SubscriptionOptions>): BodyObject {
  return object([
    ['type', trigger],
    ['timestamp', toMillisecondsZ(event.facts.occurredAt)],
    ['data', standardData(event, template)],
  ]);
}

/** The event as it is, without its envelope. */
export function standardData(event: AcceptedEvent, template: Template): BodyObject {
  const { facts } = event;
  const shownTemplate = object([
    ['id', template.id],
    ['externalId', template.externalId],
    ['name', template.name],
  ]);
  return object([
    ['eventId', event.id],
    ['producerId', facts.id],
    ['trackingId', facts.trackingId],
    ['template', shownTemplate],
    ['pass', shown(passAfter(facts), template)],
    ['device', shown(facts.device, template)],
    ['registrations', shown(facts.registrations, template)],
    ['first', facts.first],
    ['changes', shown(facts.changes, template)],
    ['scan', shown(facts.scan, template)],
    ['reader', shown(facts.reader, template)],
    ['failure', shown(facts.failure, template)],
  ]);
}

function buildOperationalBody(event: OperationalEvent): BodyObject {
  const { type, occurredAt } = event.facts;
  return object([
    ['type', type],
    ['timestamp', toMillisecondsZ(occurredAt)],
    ['data', operationalData(event)],
  ]);
}

export function operationalData({ facts: { data } }: OperationalEvent): BodyObject {
  return object(Object.entries(data).map(([name, value]) => [name, fromJson(value as JsonValue)] as const));
}

/** A part of the event in its own words: instants in UTC, fields in the template's order. */
function shown(part: object | undefined, template: Template): BodyObject | undefined {
  return part && object(Object.entries(part).map(([name, value]) => [name, member(name, value, template)]));
}

function member(name: string, value: JsonValue | undefined, template: Template): BodyValue | undefined {
  if (value === undefined) return undefined;
  if (name.endsWith('At') && typeof value === 'string') return toMillisecondsZ(value);
  if (name !== 'fields' || value === null) return fromJson(value);
  const values = new Map(Object.entries(value));
  return object(openFieldKeys(template, value as object).map((key) => [key, values.get(key) as BodyValue | undefined]));
}
