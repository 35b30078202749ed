import { createHash } from 'node:crypto';
import { sentBody } from '../dialects/cloudevents.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Delivery } from '../domain/delivery.ts';
import { endpointAddress } from '../domain/endpoint-address.ts';
import { notFound } from '../domain/errors.ts';
import type { EndpointId, EventId, IntegrationId, SubscriptionId, TenantId } from '../domain/id.ts';
import { isOperationalEvent, passIdOf } from '../domain/operational-event.ts';
import { UNDELIVERED_TEXTS } from '../domain/undelivered.ts';
import type { IntegrationStore, SubscriptionStore } from '../ports/configuration.ts';
import type { DeliveryFilter, DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { EventRecord, EventStore } from '../ports/events.ts';
import { duration, FULL_TIMES } from './explanation/words.ts';
import { type NotSent, triggersOf, whyNotSent } from './why-not-sent.ts';

export interface ProofDeps {
  readonly events: Pick<EventStore, 'find' | 'list'>;
  readonly deliveries: Pick<DeliveryStore, 'list' | 'attempts' | 'body'>;
  readonly subscriptions: Pick<SubscriptionStore, 'findRecord' | 'neighbours'>;
  readonly integrations: Pick<IntegrationStore, 'find'>;
  readonly endpoints: Pick<EndpointStore, 'find' | 'list'>;
}

/** Where the event is asked to have gone. */
export type ProofTarget =
  | { readonly subscriptionId: SubscriptionId }
  | { readonly endpointId: EndpointId }
  /** As it is stored: normalised. */
  | { readonly url: string };

export interface ProvenBody {
  readonly text: string;
  readonly bytes: number;
  /** SHA-256 of the bytes as they went over the wire, in hexadecimal. */
  readonly sha256: string;
}

export interface ProvenDelivery {
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  /** Undefined: none was built, or it is no longer stored. */
  readonly body: ProvenBody | undefined;
  /** The attempt that the receiver accepted. */
  readonly accepted: Attempt | undefined;
}

export interface Proof {
  readonly event: EventRecord;
  /** Undefined: anywhere. */
  readonly target: ProofTarget | undefined;
  readonly isDelivered: boolean;
  readonly deliveries: readonly ProvenDelivery[];
  readonly isTruncated: boolean;
  /** Why there is no delivery, for each subscription that could have had one. */
  readonly notSent: readonly NotSent[];
  /** In words. */
  readonly statement: string;
  /** The integrations that the target, or what was sent anywhere, belongs to. */
  readonly integrationIds: readonly IntegrationId[];
}

const MOST_DELIVERIES = 20;
const MOST_ENDPOINTS = 20;
/** The subscriptions of an endpoint for which it is said why they have no delivery. */
const MOST_SUBSCRIPTIONS = 20;
/** How long after an event those that are derived from it were accepted, at most: they are planned together. */
const DERIVED_WITHIN_MS = 60_000;

/** Whether an event was delivered to a target, or anywhere, and how. @throws Problem not_found for the event or what the target names */
export async function proveDelivery(
  deps: ProofDeps,
  tenantId: TenantId,
  id: EventId,
  target: ProofTarget | undefined,
): Promise<Proof> {
  const event = await deps.events.find(tenantId, id);
  if (!event) throw notFound('event');
  const found = target ? await findTarget(deps, tenantId, target) : ANYWHERE;
  const eventIds = [id, ...(await derivedFrom(deps, tenantId, event))];
  const pages = await Promise.all(
    eventIds.flatMap((eventId) =>
      found.filters.map((filter) =>
        deps.deliveries.list(tenantId, { ...filter, eventId }, { limit: MOST_DELIVERIES, cursor: undefined }),
      ),
    ),
  );
  const all = pages.flatMap(({ data }) => data).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const deliveries = await Promise.all(all.slice(0, MOST_DELIVERIES).map((delivery) => proven(deps, tenantId, delivery)));
  const notSent = all.length > 0 ? [] : await explainNone(deps, tenantId, event, found.subscriptions);
  const integrationIds = target ? found.integrationIds : await integrationsOf(deps, tenantId, deliveries);
  return {
    event,
    target,
    isDelivered: deliveries.some(({ accepted }) => accepted !== undefined),
    deliveries,
    isTruncated: all.length > MOST_DELIVERIES || pages.some(({ nextCursor }) => nextCursor !== undefined),
    notSent,
    statement: inWords(event, found.name, deliveries, notSent),
    integrationIds,
  };
}

interface FoundTarget {
  /** Its URL; undefined: anywhere. */
  readonly name: string | undefined;
  readonly filters: readonly DeliveryFilter[];
  readonly subscriptions: readonly SubscriptionId[];
  readonly integrationIds: readonly IntegrationId[];
}

const ANYWHERE: FoundTarget = { name: undefined, filters: [{}], subscriptions: [], integrationIds: [] };

async function integrationsOf(
  { endpoints }: ProofDeps,
  tenantId: TenantId,
  deliveries: readonly ProvenDelivery[],
): Promise<IntegrationId[]> {
  const ids = [...new Set(deliveries.map(({ delivery }) => delivery.endpointId))];
  const found = await Promise.all(ids.map((id) => endpoints.find(tenantId, id)));
  return [...new Set(found.flatMap((endpoint) => endpoint?.integrationId ?? []))];
}

async function findTarget(deps: ProofDeps, tenantId: TenantId, target: ProofTarget): Promise<FoundTarget> {
  if ('subscriptionId' in target) {
    const record = await deps.subscriptions.findRecord(tenantId, target.subscriptionId);
    if (!record) throw notFound('subscription');
    const { id, url, integrationId } = record.subscription;
    return { name: url, filters: [target], subscriptions: [id], integrationIds: [integrationId] };
  }
  const endpoints =
    'endpointId' in target
      ? [await deps.endpoints.find(tenantId, target.endpointId)]
      : (
          await deps.endpoints.list(
            tenantId,
            { url: endpointAddress(target.url) },
            { limit: MOST_ENDPOINTS, cursor: undefined },
          )
        ).data;
  const found = endpoints.filter((endpoint) => endpoint !== undefined);
  if (found.length === 0) throw notFound('endpoint');
  const ids = found.map(({ id }) => id);
  const neighbours = await deps.subscriptions.neighbours(tenantId, ids);
  return {
    name: found[0]?.url ?? '',
    filters: ids.map((endpointId) => ({ endpointId })),
    subscriptions: neighbours.map(({ id }) => id),
    integrationIds: [...new Set(found.map(({ integrationId }) => integrationId))],
  };
}

/** The ids of the events derived from one; they have the time of the event, and its pass. */
async function derivedFrom({ events }: ProofDeps, tenantId: TenantId, event: EventRecord): Promise<EventId[]> {
  if (isOperationalEvent(event) || triggersOf(event).length < 2) return [];
  const at = event.acceptedAt.getTime();
  const filter = { passId: passIdOf(event), after: event.acceptedAt, before: new Date(at + DERIVED_WITHIN_MS) };
  const { data } = await events.list(tenantId, filter, { limit: MOST_DELIVERIES, cursor: undefined });
  return data.flatMap((other) => (!isOperationalEvent(other) && other.derivedFrom === event.id ? [other.id] : []));
}

async function proven({ deliveries }: ProofDeps, tenantId: TenantId, delivery: Delivery): Promise<ProvenDelivery> {
  const [attempts, stored] = await Promise.all([
    deliveries.attempts(tenantId, delivery.id),
    deliveries.body(tenantId, delivery.id),
  ]);
  const headers = attempts.findLast(({ request }) => request)?.request?.headers;
  const accepted = attempts.findLast(({ verdict }) => verdict === 'delivered');
  return {
    delivery,
    attempts,
    body: stored === undefined || !headers ? undefined : digest(sentBody(stored, headers)),
    accepted,
  };
}

function digest(text: string): ProvenBody {
  return { text, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

async function explainNone(
  { subscriptions, integrations }: ProofDeps,
  tenantId: TenantId,
  event: EventRecord,
  ids: readonly SubscriptionId[],
): Promise<NotSent[]> {
  const records = await Promise.all(ids.slice(0, MOST_SUBSCRIPTIONS).map((id) => subscriptions.findRecord(tenantId, id)));
  const known = records.filter((record) => record !== undefined);
  return Promise.all(
    known.map(async (record) => {
      const integration = await integrations.find(tenantId, record.subscription.integrationId);
      return whyNotSent(event, record, integration?.dialect);
    }),
  );
}

function inWords(
  event: EventRecord,
  target: string | undefined,
  deliveries: readonly ProvenDelivery[],
  notSent: readonly NotSent[],
): string {
  const what = `Event ${event.id} (${event.facts.type}${passIdOf(event) ? ` of pass ${passIdOf(event)}` : ''})`;
  const to = target === undefined ? '' : ` to ${target}`;
  const accepted = deliveries.filter((one) => one.accepted !== undefined);
  if (accepted.length > 0) {
    const each = accepted.map((one) => `${to === '' ? `to ${one.accepted?.request?.url}, ` : ''}${acceptedInWords(one)}`);
    return `${what} was delivered${to}: ${each.join('; ')}.`;
  }
  if (deliveries.length === 0) {
    return `${what} was not sent${to}: there is no delivery of it. ${whyNone(event, to, notSent)}`;
  }
  return `${what} was not delivered${to}: ${deliveries.map(unacceptedInWords).join('; ')}.`;
}

function whyNone({ undelivered }: EventRecord, to: string, notSent: readonly NotSent[]): string {
  if (notSent.length > 0) return notSent.map(({ text }) => text).join(' ');
  if (to !== '') return 'No subscription sends to it.';
  return undelivered
    ? `When it was accepted, ${UNDELIVERED_TEXTS[undelivered]}.`
    : 'If there was one, it is no longer stored.';
}

function acceptedInWords({ delivery, accepted, body }: ProvenDelivery): string {
  const outcome = accepted?.outcome;
  if (!accepted || outcome?.kind !== 'response') return delivery.id;
  const content = body ? `a body of ${body.bytes} bytes (SHA-256 ${body.sha256})` : 'a body that is no longer stored';
  const when = `${outcome.status} on ${FULL_TIMES.at(accepted.startedAt)}, after ${duration(outcome.timings.totalMs)}`;
  return `webhook-id ${delivery.messageId}, ${content}, was answered ${when}${delivery.test ? ' (a test)' : ''}`;
}

function unacceptedInWords({ delivery, attempts }: ProvenDelivery): string {
  const count = attempts.length;
  const made =
    count === 0
      ? 'no attempt was made'
      : `${count} ${count === 1 ? 'attempt was' : 'attempts were'} made, none was accepted`;
  return `webhook-id ${delivery.messageId} is ${delivery.state}, ${made}`;
}
