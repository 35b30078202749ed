import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
} from '../../../admin/subscriptions.ts';
import { windowOf } from '../../../dialects/dialect.ts';
import { dialectNamed } from '../../../dialects/index.ts';
import { vibes } from '../../../dialects/vibes.ts';
import { invalid, notFound } from '../../../domain/errors.ts';
import { parseId, type SubscriptionId, type TenantId, toUuid } from '../../../domain/id.ts';
import type { Integration } from '../../../domain/integration.ts';
import type { Subscription } from '../../../domain/subscription.ts';
import type { Template } from '../../../domain/template.ts';
import type { TenantConfig } from '../../../domain/tenant-config.ts';
import { isWithin } from '../../../domain/time-window.ts';
import { sendTest } from '../../../pipeline/send-test.ts';
import type { SubscriptionRecord } from '../../../ports/configuration.ts';
import type { Context } from '../../route.ts';
import { configOf, integrationsOf, subscriptionsOf, templateByVendorId } from '../configured.ts';
import { type DoorRoute, doorRoute } from '../door.ts';
import {
  CALLBACK_TYPES,
  type Callback,
  type CallbackType,
  callbackSchema,
  datesOf,
  optionsOf,
  showCallback,
  TRIGGER_OF,
} from './callback.ts';
import { campaignOf, type Registration, registrationSchema, testRequestSchema, typeOf } from './registration.ts';

/** V-D4: of one type and company. */
const MAX_CALLBACKS = 50;

const COMPANY = { company_key: { description: 'The option `companyKey` of a `vibes` integration.', example: 'acme' } };
const CALLBACK = {
  ...COMPANY,
  callback_id: { description: 'The id of the callback.', example: 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77' },
};
const POINTERS = {
  '/url': '/destination/url',
  '/options/method': '/destination/method',
  '/options/contentType': '/destination/content_type',
  '/options/startsAt': '/start_date',
  '/options/endsAt': '/end_date',
};

export const vibesRoutes: readonly DoorRoute[] = [
  doorRoute({
    method: 'post',
    path: '/companies/{company_key}/config/callbacks',
    operationId: 'vibesRegister',
    summary: 'Register a callback',
    params: COMPANY,
    body: registrationSchema,
    status: 201,
    answer: callbackSchema,
    pointers: POINTERS,
    handle: (context, { tenantId, caller, params, body }) =>
      runTogether(context, tenantId, [body.destination.url.trim()], async (deps) => {
        const config = await configOf(deps, tenantId);
        const integration = companyOf(config, params.company_key);
        const type = typeOf(body);
        const template = requireTemplate(config, body);
        refuseTooMany(config, integration, type, deps.clock());
        refuseEarlyEnd(body, new Date(deps.clock()).toISOString());
        const input = newSubscriptionSchema.parse({
          integrationId: integration.id,
          templateId: template.id,
          trigger: TRIGGER_OF[type],
          url: body.destination.url,
          options: { ...destinationOptions(body), ...dateOptions(body) },
        });
        const [created] = await createSubscriptions(deps, tenantId, input, caller.id);
        if (!created) throw new Error('a registration made no subscription');
        return shown(integration, { subscription: created.subscription, template, deletedAt: undefined });
      }),
  }),
  doorRoute({
    method: 'get',
    path: '/companies/{company_key}/config/callbacks',
    operationId: 'vibesList',
    summary: 'List the active and future callbacks, oldest first',
    params: COMPANY,
    status: 200,
    answer: z.array(callbackSchema).meta({ description: 'The callbacks.' }),
    async handle(context, { tenantId, params }) {
      const config = await configOf(context, tenantId);
      const integration = companyOf(config, params.company_key);
      return notEnded(config, integration, context.clock()).flatMap(
        (subscription) => showCallback(companyKeyOf(integration), recordOf(config, subscription)) ?? [],
      );
    },
  }),
  doorRoute({
    method: 'get',
    path: '/companies/{company_key}/config/callbacks/{callback_id}',
    operationId: 'vibesGet',
    summary: 'Get a callback, cancelled or not',
    params: CALLBACK,
    status: 200,
    answer: callbackSchema,
    async handle(context, { tenantId, params }) {
      const integration = companyOf(await configOf(context, tenantId), params.company_key);
      return shown(integration, await findRecord(context, tenantId, integration, params.callback_id));
    },
  }),
  doorRoute({
    method: 'put',
    path: '/companies/{company_key}/config/callbacks/{callback_id}',
    operationId: 'vibesUpdate',
    summary: 'Replace the destination and the dates of a callback',
    description: 'Members that are left out take their defaults; the first `start_date` stays.',
    params: CALLBACK,
    body: registrationSchema,
    status: 200,
    answer: callbackSchema,
    pointers: POINTERS,
    handle: (context, { tenantId, caller, params, body }) =>
      runTogether(context, tenantId, [body.destination.url.trim()], async (deps) => {
        const config = await configOf(deps, tenantId);
        const integration = companyOf(config, params.company_key);
        const before = await findRecord(deps, tenantId, integration, params.callback_id);
        const { endsAt } = datesOf(before);
        if (endsAt !== undefined && Date.parse(endsAt) <= deps.clock()) throw notFound('callback');
        typeOf(body, typeOfTrigger(before.subscription));
        refuseOtherCampaign(config, before, body);
        refuseEarlyEnd(body, datesOf(before).startsAt);
        const { startsAt } = optionsOf(before);
        const { subscription } = await changeSubscription(
          deps,
          tenantId,
          before.subscription.id,
          {
            url: body.destination.url.trim(),
            options: { ...destinationOptions(body), endsAt: null, ...dateOptions(body, startsAt) },
          },
          undefined,
          caller.id,
        );
        return shown(integration, { ...before, subscription });
      }),
  }),
  doorRoute({
    method: 'delete',
    path: '/companies/{company_key}/config/callbacks/{callback_id}',
    operationId: 'vibesCancel',
    summary: 'Cancel a callback',
    description: 'It ends now; its open deliveries are cancelled. Cancelling it again changes nothing.',
    params: CALLBACK,
    status: 200,
    answer: callbackSchema,
    async handle(context, { tenantId, caller, params }) {
      const integration = companyOf(await configOf(context, tenantId), params.company_key);
      const { subscription, deletedAt } = await findRecord(context, tenantId, integration, params.callback_id);
      // another request may delete it first; both get the same answer
      if (!deletedAt) await deleteSubscription(context, tenantId, subscription.id, caller.id).catch(unlessGone);
      return shown(integration, await findRecord(context, tenantId, integration, subscription.id));
    },
  }),
  doorRoute({
    method: 'post',
    path: '/companies/{company_key}/config/callback_events/test',
    operationId: 'vibesTest',
    summary: 'Send a test event to every active callback of a type',
    description: 'Each gets a sample event of its own; `event_id` is that of the oldest callback.',
    params: COMPANY,
    body: testRequestSchema,
    status: 201,
    answer: z
      .object({
        message: z.string().meta({ description: 'What was done.' }),
        event_id: z.string().meta({ description: 'The id of the event that the oldest callback gets.' }),
      })
      .meta({
        id: 'VibesTestQueued',
        description: 'The test was queued.',
        examples: [{ message: 'Test event queued', event_id: '0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77' }],
      }),
    async handle(context, { tenantId, params, body }) {
      const config = await configOf(context, tenantId);
      const integration = companyOf(config, params.company_key);
      const trigger = TRIGGER_OF[typeOf(body)];
      const active = notEnded(config, integration, context.clock()).filter(
        (subscription) => subscription.trigger === trigger && isActive(subscription, context.clock()),
      );
      const [first, ...others] = active;
      if (!first) throw notFound('active callback');
      const { eventId } = await sendTest(context, tenantId, first.id);
      for (const { id } of others) await sendTest(context, tenantId, id);
      return { message: 'Test event queued', event_id: toUuid(eventId) };
    },
  }),
];

/** V-D1. @throws Problem not_found */
function companyOf(config: TenantConfig, companyKey: string | undefined): Integration {
  const company = integrationsOf(config, 'vibes').find((integration) => companyKeyOf(integration) === companyKey);
  if (!company) throw notFound('company');
  return company;
}

function companyKeyOf({ options }: Integration): string {
  return vibes.options.parse(options).companyKey;
}

/** Those that Vibes has words for, active and future. */
function notEnded(config: TenantConfig, integration: Integration, nowMs: number): readonly Subscription[] {
  return subscriptionsOf(config, [integration]).filter(
    (subscription) =>
      subscription.templateId !== null && windowOf(dialectNamed('vibes'), subscription.options).untilMs > nowMs,
  );
}

function isActive(subscription: Subscription, nowMs: number): boolean {
  return !subscription.disabled && isWithin(windowOf(dialectNamed('vibes'), subscription.options), nowMs);
}

/** @throws Problem not_found */
async function findRecord(
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

function recordOf({ templates }: TenantConfig, subscription: Subscription): SubscriptionRecord {
  const { templateId } = subscription;
  return { subscription, template: templateId ? templates.get(templateId) : undefined, deletedAt: undefined };
}

/** @throws Problem not_found when Vibes has no words for it */
function shown(integration: Integration, record: SubscriptionRecord): Callback {
  const callback = showCallback(companyKeyOf(integration), record);
  if (!callback) throw notFound('callback');
  return callback;
}

function typeOfTrigger({ trigger }: Subscription): CallbackType | undefined {
  return CALLBACK_TYPES.find((type) => TRIGGER_OF[type] === trigger);
}

/** V-D7. @throws Problem invalid */
function requireTemplate(config: TenantConfig, body: Registration): Template {
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
function refuseOtherCampaign(config: TenantConfig, { subscription }: SubscriptionRecord, body: Registration): void {
  const campaign = campaignOf(body);
  if (!campaign || templateOfToken(config, campaign.token)?.id === subscription.templateId) return;
  throw invalid([
    { pointer: campaign.pointer, detail: 'must stay the same: register another callback for another campaign' },
  ]);
}

/** V-D4. @throws Problem invalid */
function refuseTooMany(config: TenantConfig, integration: Integration, type: CallbackType, nowMs: number): void {
  const same = notEnded(config, integration, nowMs).filter(({ trigger }) => trigger === TRIGGER_OF[type]);
  if (same.length < MAX_CALLBACKS) return;
  const detail = `has ${MAX_CALLBACKS} active or future callbacks of this company already, the most that is allowed: cancel one first`;
  throw invalid([{ pointer: '/callback_type', detail }]);
}

/** V-D9. @param startsAt when it begins, unless the request says so @throws Problem invalid */
function refuseEarlyEnd({ start_date, end_date }: Registration, startsAt: string): void {
  if (!end_date || Date.parse(end_date) >= Date.parse(start_date ?? startsAt)) return;
  throw invalid([{ pointer: '/end_date', detail: 'must not be before start_date, which is now unless it is sent' }]);
}

function destinationOptions({ destination }: Registration) {
  return { method: destination.method, contentType: destination.content_type };
}

/** @param first the `startsAt` that stays when the request has no `start_date` */
function dateOptions({ start_date, end_date }: Registration, first?: string) {
  const startsAt = start_date ?? first;
  return { ...(startsAt !== undefined && { startsAt }), ...(end_date && { endsAt: end_date }) };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Error && 'kind' in error && error.kind === 'not_found')) throw error;
}
