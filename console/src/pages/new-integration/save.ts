import type { Schemas } from '../../../../client/index.ts';
import { ApiError } from '../../api/api-error.ts';
import { api, dataOf } from '../../api/client.ts';
import { type Dialect, type Draft, mappingOf, type Step, type Trigger, triggersOf } from './draft.ts';

type Subscription = Schemas['Subscription'];

/** What saving has made, and what was refused. Saving again makes only what is missing. */
export interface Saved {
  /** Made now; undefined: an existing one is used, or it was refused. */
  readonly integration: Schemas['Integration'] | undefined;
  readonly subscriptions: Readonly<Partial<Record<Trigger, Subscription>>>;
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  /** Undefined: the integration was refused. */
  readonly trigger: Trigger | undefined;
  readonly error: ApiError;
}

export const NOTHING_SAVED: Saved = { integration: undefined, subscriptions: {}, refusals: [] };

const AGAIN_MS = 2000;
const MOST_TRIES = 15;

/**
 * Makes the integration and a subscription for each trigger. A request whose answer is lost is repeated with the same key.
 *
 * @param onLost called when an answer was lost
 * @throws what is no refusal of the input
 */
export async function save(
  tenantId: string,
  draft: Draft,
  dialect: Dialect,
  before: Saved,
  onLost: () => void,
): Promise<Saved> {
  const send = <T>(what: string, call: (key: string) => Promise<T>): Promise<T> =>
    untilAnswered(() => call(`${draft.key}-${what}-${draft.revision}`), onLost);
  const params = (key: string) => ({ query: { tenantId }, header: { 'Idempotency-Key': key } });
  let { integration } = before;
  if (!draft.existing && !integration) {
    const body = { name: draft.name.trim(), dialect: dialect.name, options: draft.options } as Schemas['IntegrationInput'];
    try {
      integration = await send('integration', (key) => dataOf(api.POST('/v1/integrations', { params: params(key), body })));
    } catch (error) {
      return { ...before, refusals: [{ trigger: undefined, error: refusal(error) }] };
    }
  }
  const integrationId = draft.existing?.id ?? integration?.id ?? '';
  const subscriptions: Partial<Record<Trigger, Subscription>> = { ...before.subscriptions };
  const refusals: Refusal[] = [];
  for (const one of triggersOf(draft, dialect)) {
    const { trigger } = one;
    if (subscriptions[trigger]) continue;
    const body = subscriptionOf(draft, one, integrationId);
    try {
      const made = await send(trigger, (key) => dataOf(api.POST('/v1/subscriptions', { params: params(key), body })));
      subscriptions[trigger] = made as Subscription;
    } catch (error) {
      refusals.push({ trigger, error: refusal(error) });
    }
  }
  return { integration, subscriptions, refusals };
}

/** Events about the dispatch itself concern no template, and are sent whole. */
function subscriptionOf(draft: Draft, { trigger, kind }: Dialect['triggers'][number], integrationId: string) {
  const common = { integrationId, trigger, url: draft.url.trim() };
  if (kind === 'operational') return common;
  return {
    ...common,
    templateId: typeof draft.template === 'object' ? draft.template.id : null,
    mapping: mappingOf(draft, trigger),
    options: draft.subscriptionOptions as NonNullable<Schemas['SubscriptionInput']['options']>,
    ordering: draft.isOrdered ? ('pass' as const) : ('none' as const),
    filter: draft.filter,
  };
}

/** @throws what is no refusal */
function refusal(error: unknown): ApiError {
  if (error instanceof ApiError && error.status < 500 && error.status !== 401) return error;
  throw error;
}

async function untilAnswered<T>(call: () => Promise<T>, onLost: () => void): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ApiError || tries >= MOST_TRIES) throw error;
      onLost();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The step where a refused member was answered. */
export function stepOf({ trigger, error }: Refusal): Step {
  const pointer = error.problem.errors?.[0]?.pointer ?? '';
  if (trigger === undefined) return 'vendor';
  if (pointer.startsWith('/url') || error.status === 409) return 'endpoint';
  if (pointer.startsWith('/templateId')) return 'template';
  if (pointer.startsWith('/mapping')) return 'fields';
  if (pointer.startsWith('/filter')) return 'filter';
  return 'triggers';
}
