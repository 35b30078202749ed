import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
} from '../../../admin/subscriptions.ts';
import { notFound } from '../../../domain/errors.ts';
import { toUuid } from '../../../domain/id.ts';
import { sendTest } from '../../../pipeline/send-test.ts';
import { configOf } from '../configured.ts';
import { type DoorRoute, doorRoute } from '../door.ts';
import { callbackSchema, datesOf, optionsOf, showCallback, TRIGGER_OF } from './callback.ts';
import {
  companyKeyOf,
  companyOf,
  dateOptions,
  destinationOptions,
  findRecord,
  isActive,
  notEnded,
  recordOf,
  refuseEarlyEnd,
  refuseOtherCampaign,
  refuseTooMany,
  requireTemplate,
  shown,
  typeOfTrigger,
  unlessGone,
} from './company.ts';
import { registrationSchema, testRequestSchema, typeOf } from './registration.ts';

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
