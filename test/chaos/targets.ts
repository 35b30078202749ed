import type { Client } from '../support/client.ts';
import { MISBEHAVIOURS } from './actors/misbehaviour.ts';
import type { Behaviour } from './actors/receiver.ts';
import type { Installation } from './installation.ts';

/** An endpoint that events are sent to, by the template that only its subscription asks for. */
export interface Target {
  /** Its number at the receiver. */
  readonly endpoint: number;
  readonly tenant: number;
  readonly client: Client;
  readonly templateId: string;
  /** Most requests that may be open there at once. */
  readonly maxInFlight: number;
  readonly isHostile: boolean;
}

/** What endpoints are like. */
export interface Ground {
  /** Healthy receivers take up to this long to answer. */
  readonly delayMs?: number;
  /** The share of requests that a healthy receiver fails. */
  readonly failShare?: number;
  readonly retryDelaysMs?: readonly number[];
  /** Healthy receivers answer everything with this status, until they are told to accept. */
  readonly refuseWith?: number;
  /** Subscriptions ask for the order of each pass. */
  readonly ordered?: boolean;
  /** About how large the events are, in bytes; default: small. */
  readonly eventBytes?: number;
  /** One endpoint of each misbehaviour, and one that fails half the time, beside the healthy ones. */
  readonly hostile?: boolean;
}

/** By tenant, since limits are an integration's. */
const MAX_IN_FLIGHT = [4, 6, 8, 10];
const TENANTS = MAX_IN_FLIGHT.length;
const HEALTHY_ENDPOINTS = 20;
const RETRY_DELAYS_MS = [200, 200, 500, 500, 1000, 1000];
const TIMEOUT_MS = 15_000;
/** Short, since most hostile endpoints never respond; one that does respond would be cut off on a busy machine. */
const HOSTILE_POLICY = { retryDelaysMs: [300, 300], timeoutMs: 1000 };
const HOSTILE: readonly Behaviour[] = [...MISBEHAVIOURS.map((misbehaviour) => ({ misbehaviour })), { failShare: 0.5 }];

/** Makes tenants with integrations, and endpoints with a template and a subscription each, all over the API. */
export async function makeTargets(installation: Installation, ground: Ground): Promise<Target[]> {
  const { delayMs = 100, failShare = 0, refuseWith, retryDelaysMs = RETRY_DELAYS_MS } = ground;
  const healthy = Array.from({ length: HEALTHY_ENDPOINTS }, (): Behaviour => ({ delayMs, failShare, refuseWith }));
  const behaviours = ground.hostile ? [...healthy, ...HOSTILE] : healthy;
  const urls = await installation.receiver.call('listen', { behaviours });
  const tenants = await Promise.all(
    MAX_IN_FLIGHT.map(async (maxInFlight) => {
      const client = await installation.makeTenant();
      const wanted = { dialect: 'standard', limits: { maxInFlight } };
      const { id: usual } = await client.makeIntegration({ ...wanted, policy: { retryDelaysMs, timeoutMs: TIMEOUT_MS } });
      const { id: hostile } = await client.makeIntegration({ ...wanted, policy: HOSTILE_POLICY });
      return { client, maxInFlight, usual, hostile };
    }),
  );
  const making = urls.map(async (url, endpoint): Promise<Target> => {
    const tenant = endpoint % TENANTS;
    const { client, maxInFlight, usual, hostile } = tenants[tenant] as (typeof tenants)[number];
    const isHostile = endpoint >= HEALTHY_ENDPOINTS;
    const templateId = await client.makeTemplate({ externalId: `template-${endpoint}` });
    await client.subscribe({
      integrationId: behaviours[endpoint]?.misbehaviour ? hostile : usual,
      templateId,
      trigger: 'pass.updated',
      url,
      ordering: ground.ordered ? 'pass' : 'none',
    });
    return { endpoint, tenant, client, templateId, maxInFlight, isHostile };
  });
  return Promise.all(making);
}
