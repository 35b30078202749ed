import { dialectNamed } from '../dialects/index.ts';
import { notFound } from '../domain/errors.ts';
import { type IntegrationId, newId, type SubscriptionId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { DialectName, Integration } from '../domain/integration.ts';
import type { Neighbour } from '../domain/subscription.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { IntegrationStore, SubscriptionStore } from '../ports/configuration.ts';
import type { EndpointRecord, EndpointStore } from '../ports/endpoints.ts';
import type { EndpointProber, ProbedUrl } from '../ports/sending.ts';
import { dayOf } from './explanation/words.ts';
import { firstSame } from './same-subscriptions.ts';

export interface CheckEndpointDeps {
  readonly prober: EndpointProber;
  readonly integrations: Pick<IntegrationStore, 'find'>;
  readonly endpoints: Pick<EndpointStore, 'list'>;
  readonly subscriptions: Pick<SubscriptionStore, 'neighbours'>;
}

export interface EndpointQuestion {
  readonly url: string;
  readonly integrationId: IntegrationId | undefined;
  readonly dialect: DialectName | undefined;
  /** Undefined: any. */
  readonly trigger: Trigger | undefined;
  readonly templateId: TemplateId | undefined;
}

/** A subscription that sends to the URL already. */
export interface SubscribedAlready {
  readonly id: SubscriptionId;
  readonly integrationId: IntegrationId;
  readonly integration: string | undefined;
  readonly trigger: Trigger;
  readonly templateId: TemplateId | null;
  /** The same integration, template and trigger: a second one would be refused. Otherwise it would deliver twice. */
  readonly isSame: boolean;
}

export interface EndpointCheck {
  readonly probed: ProbedUrl;
  /** Why a subscription to the URL would be refused, or could not deliver now. */
  readonly problems: readonly string[];
  readonly endpoints: readonly EndpointRecord[];
  readonly subscriptions: readonly SubscribedAlready[];
  /** In a few sentences for people. */
  readonly text: string;
}

/** More endpoints with one URL, each of another integration, are not listed. */
const MOST_ENDPOINTS = 20;

/** Looks at a URL before anything is subscribed to it. Nothing is stored or sent. @throws Problem not_found for the integration */
export async function checkEndpoint(
  deps: CheckEndpointDeps,
  tenantId: TenantId,
  question: EndpointQuestion,
): Promise<EndpointCheck> {
  const { url, integrationId } = question;
  const integration = integrationId && (await deps.integrations.find(tenantId, integrationId));
  if (integrationId && !integration) throw notFound('integration');
  const probed = await deps.prober.probe(url);
  const page = { limit: MOST_ENDPOINTS, cursor: undefined };
  const { data: endpoints } = await deps.endpoints.list(tenantId, { url: probed.url }, page);
  const subscriptions = await subscribedAlready(deps, tenantId, question, endpoints);
  const problems = [...refusals(question, integration, probed), ...connectionProblems(probed)];
  return { probed, problems, endpoints, subscriptions, text: inWords(probed, problems, subscriptions) };
}

async function subscribedAlready(
  { subscriptions, integrations }: CheckEndpointDeps,
  tenantId: TenantId,
  question: EndpointQuestion,
  endpoints: readonly EndpointRecord[],
): Promise<SubscribedAlready[]> {
  if (endpoints.length === 0) return [];
  const [neighbours, found] = await Promise.all([
    subscriptions.neighbours(
      tenantId,
      endpoints.map(({ id }) => id),
    ),
    Promise.all(endpoints.map((endpoint) => integrations.find(tenantId, endpoint.integrationId))),
  ]);
  const byEndpoint = new Map(endpoints.map((endpoint, index) => [endpoint.id, { endpoint, integration: found[index] }]));
  return neighbours.flatMap((neighbour) => {
    const { id, endpointId, trigger, templateId } = neighbour;
    const at = byEndpoint.get(endpointId);
    if (!at || (question.trigger !== undefined && trigger !== question.trigger)) return [];
    const { integrationId } = at.endpoint;
    const isSame = at.integration !== undefined && wouldBeSame(question, at.integration, neighbour);
    return [{ id, integrationId, integration: at.integration?.name, trigger, templateId, isSame }];
  });
}

function wouldBeSame(
  { integrationId, trigger, templateId }: EndpointQuestion,
  integration: Integration,
  neighbour: Neighbour,
): boolean {
  if (integration.id !== integrationId || trigger === undefined) return false;
  const planned: Neighbour = {
    id: newId('subscription', 0),
    endpointId: neighbour.endpointId,
    trigger,
    templateId: templateId ?? null,
    options: neighbour.options,
  };
  return firstSame(dialectNamed(integration.dialect), planned, [neighbour]) !== undefined;
}

function refusals(
  { dialect, trigger }: EndpointQuestion,
  integration: Integration | undefined,
  { url }: ProbedUrl,
): string[] {
  const name = integration?.dialect ?? dialect;
  if (name === undefined) return [];
  const { label, maxUrlLength = Number.POSITIVE_INFINITY, eventNames } = dialectNamed(name);
  const problems: string[] = [];
  if (url.length > maxUrlLength) problems.push(`${label} allows URLs of at most ${maxUrlLength} characters.`);
  if (trigger !== undefined && eventNames[trigger] === undefined) problems.push(`${label} has no webhook for ${trigger}.`);
  return problems;
}

function connectionProblems(probed: ProbedUrl): string[] {
  if (probed.kind !== 'reached') return [`${capital(probed.detail)}.`];
  const { connection } = probed;
  if (connection.kind === 'failed') return [`The connection failed (${connection.failure}): ${connection.detail}.`];
  return connection.kind === 'tls' && connection.problem !== undefined ? [`${capital(connection.problem)}.`] : [];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function inWords(probed: ProbedUrl, problems: readonly string[], subscriptions: readonly SubscribedAlready[]): string {
  const what = problems.length > 0 ? problems.join(' ') : reachedInWords(probed);
  return [`${probed.url}: ${what}`, ...subscriptions.slice(0, 3).map(alreadyInWords)].join(' ');
}

function reachedInWords(probed: ProbedUrl): string {
  const certificate =
    probed.kind === 'reached' && probed.connection.kind === 'tls' ? probed.connection.certificate : undefined;
  if (!certificate) return 'reachable, without TLS.';
  return `reachable, certificate valid until ${dayOf(certificate.validUntil)}.`;
}

function alreadyInWords({ trigger, integration, isSame }: SubscribedAlready): string {
  const what = `You already send ${trigger} here${integration ? ` (${integration})` : ''}.`;
  return isSame ? `${what} A second subscription would be refused.` : `${what} A second subscription would deliver twice.`;
}
