import { windowOf } from '../../../dialects/dialect.ts';
import { dialectNamed } from '../../../dialects/index.ts';
import { vibes } from '../../../dialects/vibes.ts';
import { invalid, notFound } from '../../../domain/errors.ts';
import { parseId, type SubscriptionId, type TenantId } from '../../../domain/id.ts';
import type { Integration } from '../../../domain/integration.ts';
import type { Subscription } from '../../../domain/subscription.ts';
import type { Template } from '../../../domain/template.ts';
import type { TenantConfig } from '../../../domain/tenant-config.ts';
import { isWithin } from '../../../domain/time-window.ts';
import type { SubscriptionRecord } from '../../../ports/configuration.ts';
import type { Context } from '../../route.ts';
import { integrationsOf, subscriptionsOf, templateByVendorId } from '../configured.ts';
import { CALLBACK_TYPES, type Callback, type CallbackType, showCallback, TRIGGER_OF } from './callback.ts';
import { campaignOf, type Registration, typeOf } from './registration.ts';

// What the callback API looks up, and what it refuses beyond the rules of `/v1`.

/** V-D4: of one type and company. */
const MAX_CALLBACKS = 50;

/** V-D1. @throws Problem not_found */
export function companyOf(config: TenantConfig, companyKey: string | undefined): Integration {
  const company = integrationsOf(config, 'vibes').find((integration) => companyKeyOf(integration) === companyKey);
  if (!company) throw notFound('company');
  return company;
}

export function companyKeyOf({ options }: Integration): string {
  return vibes.options.parse(options).companyKey;
}

/** Those that Vibes has words for, active and future. */
export function notEnded(config: TenantConfig, integration: Integration, nowMs: number): readonly Subscription[] {
  return subscriptionsOf(config, [integration]).filter(
    (subscription) =>
      subscription.templateId !== null && windowOf(dialectNamed('vibes'), subscription.options).untilMs > nowMs,
  );
}

export function isActive(subscription: Subscription, nowMs: number): boolean {
  return !subscription.disabled && isWithin(windowOf(dialectNamed('vibes'), subscription.options), nowMs);
}

/** @throws Problem not_found */
export async function findRecord(
  { subscriptions }: Pick<Context, 'subscriptions'>,
  tenantId: TenantId,
  integration: Integration,
  callbackId = '',
): Promise<SubscriptionRecord> {
  const id: SubscriptionId | undefined = parseId('subscription', callbackId);
  const record = id && (await subscriptions.findRecord(tenantId, id));
  if (record?.subscription.integrationId !== integration.id) throw notFound('callback');
  return record;
}

export function recordOf({ templates }: TenantConfig, subscription: Subscription): SubscriptionRecord {
  const { templateId } = subscription;
  return { subscription, template: templateId ? templates.get(templateId) : undefined, deletedAt: undefined };
}

/** @throws Problem not_found when Vibes has no words for it */
export function shown(integration: Integration, record: SubscriptionRecord): Callback {
  const callback = showCallback(companyKeyOf(integration), record);
  if (!callback) throw notFound('callback');
  return callback;
}

export function typeOfTrigger({ trigger }: Subscription): CallbackType | undefined {
  return CALLBACK_TYPES.find((type) => TRIGGER_OF[type] === trigger);
}

/** V-D7. @throws Problem invalid */
export function requireTemplate(config: TenantConfig, body: Registration): Template {
  const campaign = campaignOf(body);
  if (!campaign) {
    throw invalid([{ pointer: `/${typeOf(body)}/campaign_token`, detail: 'is required, as the token of the campaign' }]);
  }
  const template = templateOfToken(config, campaign.token);
  if (template) return template;
  throw invalid([
    { pointer: campaign.pointer, detail: 'names no template of this tenant, by campaignToken or externalId' },
  ]);
}

function templateOfToken(config: TenantConfig, token: string): Template | undefined {
  return templateByVendorId(config, token, ({ vendor }) => vendor.vibes?.campaignToken);
}

/** V-D3. @throws Problem invalid */
export function refuseOtherCampaign(config: TenantConfig, { subscription }: SubscriptionRecord, body: Registration): void {
  const campaign = campaignOf(body);
  if (!campaign || templateOfToken(config, campaign.token)?.id === subscription.templateId) return;
  throw invalid([
    { pointer: campaign.pointer, detail: 'must stay the same: register another callback for another campaign' },
  ]);
}

/** V-D4. @throws Problem invalid */
export function refuseTooMany(config: TenantConfig, integration: Integration, type: CallbackType, nowMs: number): void {
  const same = notEnded(config, integration, nowMs).filter(({ trigger }) => trigger === TRIGGER_OF[type]);
  if (same.length < MAX_CALLBACKS) return;
  const detail = `has ${MAX_CALLBACKS} active or future callbacks of this company already, the most that is allowed: cancel one first`;
  throw invalid([{ pointer: '/callback_type', detail }]);
}

/** V-D9. @param startsAt when it begins, unless the request says so @throws Problem invalid */
export function refuseEarlyEnd({ start_date, end_date }: Registration, startsAt: string): void {
  if (!end_date || Date.parse(end_date) >= Date.parse(start_date ?? startsAt)) return;
  throw invalid([{ pointer: '/end_date', detail: 'must not be before start_date, which is now unless it is sent' }]);
}

export function destinationOptions({ destination }: Registration) {
  return { method: destination.method, contentType: destination.content_type };
}

/** @param first the `startsAt` that stays when the request has no `start_date` */
export function dateOptions({ start_date, end_date }: Registration, first?: string) {
  const startsAt = start_date ?? first;
  return { ...(startsAt !== undefined && { startsAt }), ...(end_date && { endsAt: end_date }) };
}

export function unlessGone(error: unknown): void {
  if (!(error instanceof Error && 'kind' in error && error.kind === 'not_found')) throw error;
}
