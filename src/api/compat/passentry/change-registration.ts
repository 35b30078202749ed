import { changeIntegration, newIntegrationSchema } from '../../../admin/integrations.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
} from '../../../admin/subscriptions.ts';
import { conflict, invalid, notFound } from '../../../domain/errors.ts';
import { type IntegrationId, isUuid, type TenantId, toId, toUuid } from '../../../domain/id.ts';
import type { TenantConfig } from '../../../domain/tenant-config.ts';
import type { Trigger } from '../../../domain/trigger.ts';
import type { Context } from '../../route.ts';
import { configOf, isSameAddress } from '../configured.ts';
import { optionsOf, type Registration, registrationsOf } from './registration.ts';
import { type Create, triggersOf, type Update } from './requests.ts';

// How a webhook subscription of PassEntry is found, made and changed as an integration with its subscriptions.

/** E-D5: of the organisation, and of each entity. */
const MAX_PER_SCOPE = 10;

export async function nameOf({ tenants }: Pick<Context, 'tenants'>, tenantId: TenantId): Promise<string> {
  return (await tenants.find(tenantId))?.name ?? '';
}

/** @throws Problem not_found */
export async function find(deps: Pick<Context, 'configSource'>, tenantId: TenantId, uuid = ''): Promise<Registration> {
  const config: TenantConfig = await configOf(deps, tenantId);
  const found = registrationsOf(config).find(({ integration }) => isUuid(uuid) && integration.id === idOf(uuid));
  if (!found) throw notFound('webhook subscription');
  return found;
}

function idOf(uuid: string): IntegrationId {
  return toId('integration', uuid.toLowerCase());
}

export function integrationInput(wanted: Create, triggers: readonly Trigger[]) {
  const { url, scopeType, scopeName, entityId } = wanted;
  const named = Object.entries({ scopeType, scopeName, entityId }).filter(([, value]) => value !== undefined);
  return newIntegrationSchema.parse({
    name: `PassEntry ${URL.parse(url)?.host ?? url}`.slice(0, 255),
    dialect: 'passentry',
    options: { ...Object.fromEntries(named), allowDeprecated: isDeprecated(triggers) },
  });
}

/** E-D6 */
function isDeprecated(triggers: readonly Trigger[]): boolean {
  return triggers.includes('pass.tapped');
}

/** E-D4: what happens while it is disabled is gone for the receiver. */
export async function subscribe(
  deps: Context,
  tenantId: TenantId,
  integrationId: IntegrationId,
  { url, triggers, enabled, by }: { url: string; triggers: readonly Trigger[]; enabled: boolean; by: string },
): Promise<void> {
  const input = newSubscriptionSchema.parse({ integrationId, triggers, url, enabled, whileDisabled: 'cancel' });
  await createSubscriptions(deps, tenantId, input, by);
}

export async function update(
  deps: Context,
  tenantId: TenantId,
  before: Registration,
  patch: Update,
  by: string,
): Promise<void> {
  refuseOtherScope(before, patch);
  const { integration, subscriptions } = before;
  const others = registrationsOf(await configOf(deps, tenantId)).filter((one) => one.integration.id !== integration.id);
  const url = patch.url ?? before.url;
  if (patch.url !== undefined) refuseTaken(others, optionsOf(before).entityId, patch.url);
  const wanted = patch.subscribedEvents && triggersOf(patch.subscribedEvents);
  const enabled = patch.enabled ?? subscriptions.some(({ disabled }) => !disabled);
  for (const { id, trigger } of subscriptions) {
    if (wanted && !wanted.includes(trigger)) {
      await deleteSubscription(deps, tenantId, id, by);
      continue;
    }
    const change = { ...(patch.url !== undefined && { url }), ...(patch.enabled !== undefined && { enabled }) };
    if (Object.keys(change).length > 0) await changeSubscription(deps, tenantId, id, change, undefined, by);
  }
  const triggers = wanted?.filter((trigger) => !subscriptions.some((present) => present.trigger === trigger)) ?? [];
  if (triggers.length === 0) return;
  if (isDeprecated(triggers))
    await changeIntegration(deps, tenantId, integration.id, { options: { allowDeprecated: true } });
  await subscribe(deps, tenantId, integration.id, { url, triggers, enabled, by });
}

/** @throws Problem invalid */
function refuseOtherScope(before: Registration, patch: Update): void {
  const current = optionsOf(before);
  const errors = (['scopeType', 'scopeName', 'entityId'] as const).flatMap((name) =>
    patch[name] === undefined || patch[name] === current[name]
      ? []
      : [{ pointer: `/webhookSubscription/${name}`, detail: 'cannot change: create another webhook subscription' }],
  );
  if (errors.length > 0) throw invalid(errors);
}

function inScope(registrations: readonly Registration[], entityId: string | undefined): readonly Registration[] {
  return registrations.filter((registration) => optionsOf(registration).entityId === entityId);
}

/** @throws Problem conflict */
export function refuseTaken(registrations: readonly Registration[], entityId: string | undefined, url: string): void {
  const same = inScope(registrations, entityId).find((registration) => isSameAddress(registration.url, url));
  if (!same) return;
  const detail = `is subscribed in this scope already, by ${toUuid(same.integration.id)}`;
  const pointer = '/webhookSubscription/url';
  throw conflict('already-subscribed', `${pointer} ${detail}.`, [{ pointer, detail }]);
}

/** @throws Problem invalid */
export function refuseTooMany(registrations: readonly Registration[], entityId: string | undefined): void {
  if (inScope(registrations, entityId).length < MAX_PER_SCOPE) return;
  const detail = `would be the ${MAX_PER_SCOPE + 1}th of its scope; at most ${MAX_PER_SCOPE} are allowed`;
  throw invalid([{ pointer: '/webhookSubscription', detail }]);
}
