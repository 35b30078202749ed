import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import { createIntegration, newIntegrationSchema } from '../../../admin/integrations.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
} from '../../../admin/subscriptions.ts';
import { passcreator } from '../../../dialects/passcreator.ts';
import { invalid, notFound } from '../../../domain/errors.ts';
import type { TenantId } from '../../../domain/id.ts';
import type { Integration } from '../../../domain/integration.ts';
import { shownId, type Template } from '../../../domain/template.ts';
import type { TenantConfig } from '../../../domain/tenant-config.ts';
import type { Trigger } from '../../../domain/trigger.ts';
import type { Context } from '../../route.ts';
import { configOf, integrationsOf, isSameAddress, subscriptionsOf, templateByVendorId } from '../configured.ts';
import { type DoorCall, type DoorRoute, doorRoute } from '../door.ts';

const EVENTS = Object.entries(passcreator.eventNames).map(([trigger, event]) => ({ trigger: trigger as Trigger, event }));

const subscribeSchema = z
  .object({
    target_url: z.string().optional().meta({ description: 'Where to POST: an https URL of a public address. Required.' }),
    event: z.string().meta({ description: `One of ${EVENTS.map(({ event }) => event).join(', ')}.` }),
    subscription_url: z
      .string()
      .nullish()
      .meta({ description: 'Gets a DELETE when the subscription is deleted in Passwire.' }),
    retryEnabled: z.boolean().nullish().meta({ description: 'Whether failed requests are retried. Default: false.' }),
    signPayload: z.boolean().nullish().meta({ description: 'Whether the body is signed. Default: false.' }),
    pullMode: z.boolean().nullish().meta({ description: 'Must not be true: webhooks are pushed.' }),
  })
  .meta({
    id: 'PasscreatorSubscribe',
    description: 'A hook to subscribe.',
    examples: [{ target_url: 'https://your-server.com/webhook/receiver', event: 'pass_created', signPayload: true }],
  });
type Subscribe = z.infer<typeof subscribeSchema>;

const unsubscribeSchema = z
  .object({
    target_url: z.string().nullish().meta({ description: 'Every hook with this URL ends. Wins over `subscription_url`.' }),
    subscription_url: z.string().nullish().meta({ description: 'Every hook with this `subscription_url` ends.' }),
  })
  .meta({
    id: 'PasscreatorUnsubscribe',
    description: 'Which hooks to end.',
    examples: [{ target_url: 'https://your-server.com/webhook/receiver' }],
  });

const subscribedSchema = z.object({ id: z.string().meta({ description: "Our subscription's id." }) }).meta({
  id: 'PasscreatorSubscribed',
  description: 'The hook.',
  examples: [{ id: 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77' }],
});

const doneSchema = z
  .object({
    success: z.literal(true).meta({ description: 'Always true.' }),
    description: z.string().meta({ description: 'What was done.' }),
    errors: z.array(z.string()).meta({ description: 'Always empty.' }),
    data: z.null().meta({ description: 'Always null.' }),
  })
  .meta({
    id: 'PasscreatorDone',
    description: 'The request was carried out.',
    examples: [{ success: true, description: 'success', errors: [], data: null }],
  });
const DONE: z.infer<typeof doneSchema> = { success: true, description: 'success', errors: [], data: null };

const hookSchema = z
  .object({
    target_url: z.string().meta({ description: 'The endpoint.' }),
    event: z.string().meta({ description: 'The event.' }),
    pass_template: z.string().nullable().meta({ description: 'The template; null for all.' }),
  })
  .meta({
    id: 'PasscreatorHook',
    description: 'A subscribed hook.',
    examples: [{ target_url: 'https://your-server.com/webhook/receiver', event: 'pass_created', pass_template: null }],
  });

const integrationQuery = z.object({
  integrationId: z
    .string()
    .optional()
    .meta({
      description: 'One of several `passcreator` integrations.',
      examples: ['int_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77'],
    }),
});

const POINTERS = {
  '/url': '/target_url',
  '/trigger': '/event',
  '/options/subscriptionUrl': '/subscription_url',
  '/options': '',
};

const subscribing = {
  method: 'post',
  body: subscribeSchema,
  query: integrationQuery,
  status: 201,
  answer: subscribedSchema,
  pointers: POINTERS,
} as const;

const unsubscribing = {
  path: '/api/hook/unsubscribe',
  summary: 'Unsubscribe every hook of a URL, of all events and templates',
  body: unsubscribeSchema,
  query: integrationQuery,
  status: 200,
  answer: doneSchema,
  handle: unsubscribe,
} as const;

export const hookRoutes: readonly DoorRoute[] = [
  doorRoute({
    ...subscribing,
    path: '/api/hook/subscribe',
    operationId: 'passcreatorSubscribe',
    summary: 'Subscribe a URL to an event of all templates',
    handle: (context, call) => subscribe(context, call, undefined),
  }),
  doorRoute({
    ...subscribing,
    path: '/api/hook/subscribe/{templateIdentifier}',
    operationId: 'passcreatorSubscribeTemplate',
    summary: 'Subscribe a URL to an event of one template',
    params: {
      templateIdentifier: {
        description: 'The `vendor.passcreator.guid` of a template, its `externalId`, or our id.',
        example: '02fd53c5-863e-4056-9dbf-2525fa171123',
      },
    },
    handle: (context, call) => subscribe(context, call, call.params.templateIdentifier),
  }),
  doorRoute({ ...unsubscribing, method: 'post', operationId: 'passcreatorUnsubscribe' }),
  doorRoute({ ...unsubscribing, method: 'delete', operationId: 'passcreatorUnsubscribeByDelete' }),
  doorRoute({
    method: 'get',
    path: '/api/hook/list',
    operationId: 'passcreatorList',
    summary: 'List the hooks, oldest first',
    query: integrationQuery,
    status: 200,
    answer: z.array(hookSchema).meta({ description: 'The hooks.' }),
    async handle(context, { tenantId, query }) {
      const config = await configOf(context, tenantId);
      return subscriptionsOf(config, chosen(config, query.integrationId)).map(({ url, trigger, templateId }) => ({
        target_url: url,
        event: passcreator.eventNames[trigger] ?? trigger,
        pass_template: templateId && showTemplate(config.templates.get(templateId)),
      }));
    },
  }),
  doorRoute({
    method: 'get',
    path: '/api/hook/publickey',
    operationId: 'passcreatorPublicKey',
    summary: 'Get the key that verifies signed bodies',
    query: integrationQuery,
    status: 200,
    answer: z.object({ publicKey: z.string().meta({ description: 'PEM.' }) }).meta({
      id: 'PasscreatorPublicKey',
      description: 'The current public key.',
      examples: [{ publicKey: '-----BEGIN PUBLIC KEY-----\nMFkw...\n-----END PUBLIC KEY-----\n' }],
    }),
    async handle(context, { tenantId, query }) {
      const [integration] = chosen(await configOf(context, tenantId), query.integrationId);
      const secrets = integration ? await context.integrations.secrets(tenantId, integration.id) : [];
      const current = secrets.find(({ kind }) => kind === 'passcreator');
      if (!current?.publicKey) throw notFound('public key of a Passcreator integration');
      return { publicKey: current.publicKey };
    },
  }),
];

type Call<Body> = DoorCall<z.infer<typeof integrationQuery>, Body>;

async function subscribe(
  context: Context,
  { tenantId, caller, body, query }: Call<Subscribe>,
  templateName: string | undefined,
): Promise<z.infer<typeof subscribedSchema>> {
  const trigger = triggerOf(body);
  const url = targetOf(body);
  const urls = [url, ...(body.subscription_url ? [body.subscription_url] : [])];
  return runTogether(context, tenantId, urls, async (deps) => {
    const config = await configOf(deps, tenantId);
    const template = templateName === undefined ? undefined : requireTemplate(config, templateName);
    const integration = chosen(config, query.integrationId)[0] ?? (await madeIntegration(deps, tenantId));
    const options = {
      signPayload: body.signPayload ?? false,
      retryEnabled: body.retryEnabled ?? false,
      subscriptionUrl: body.subscription_url ?? null,
    };
    const same = subscriptionsOf(config, [integration]).find(
      (other) => other.trigger === trigger && other.templateId === (template?.id ?? null) && isSameAddress(other.url, url),
    );
    if (same) {
      // P-D2: the newer call wins, also over what had disabled it
      const patch = { options, enabled: true };
      await changeSubscription(deps, tenantId, same.id, patch, undefined, caller.id);
      return { id: same.id };
    }
    const { subscriptionUrl, ...others } = options;
    const input = newSubscriptionSchema.parse({
      integrationId: integration.id,
      templateId: template?.id ?? null,
      trigger,
      url,
      options: { ...others, ...(subscriptionUrl !== null && { subscriptionUrl }) },
    });
    const [created] = await createSubscriptions(deps, tenantId, input, caller.id);
    if (!created) throw new Error('a subscription was not made');
    return { id: created.subscription.id };
  });
}

/** P-D1 */
async function madeIntegration(deps: Context, tenantId: TenantId): Promise<Integration> {
  const input = newIntegrationSchema.parse({ name: 'Passcreator', dialect: 'passcreator' });
  const { integration } = await createIntegration(deps, tenantId, input);
  return integration;
}

/** P-D4 */
async function unsubscribe(
  context: Context,
  { tenantId, caller, body, query }: Call<z.infer<typeof unsubscribeSchema>>,
): Promise<typeof DONE> {
  const { target_url: target, subscription_url: own } = body;
  if (!target && !own) throw invalid([{ pointer: '/target_url', detail: 'is required, or subscription_url' }]);
  await runTogether(context, tenantId, [], async (deps) => {
    const config = await configOf(deps, tenantId);
    for (const { id, url, options } of subscriptionsOf(config, chosen(config, query.integrationId))) {
      const { subscriptionUrl = '' } = passcreator.subscriptionOptions.parse(options);
      const isMeant = target ? isSameAddress(url, target.trim()) : isSameAddress(subscriptionUrl, own ?? '');
      // P-D7: the receiver asked for it
      if (isMeant) await deleteSubscription(deps, tenantId, id, caller.id, { tell: false });
    }
  });
  return DONE;
}

/** The integrations a call is about, oldest first: all of Passcreator, or the one that is named. @throws Problem not_found */
function chosen(config: TenantConfig, name: string | undefined): readonly Integration[] {
  const all = integrationsOf(config, 'passcreator');
  if (name === undefined) return all;
  const named = all.filter(({ id }) => id === name);
  if (named.length === 0) throw notFound('Passcreator integration');
  return named;
}

/** P-D3 @throws Problem invalid */
function triggerOf({ event, pullMode }: Subscribe): Trigger {
  if (pullMode) throw invalid([{ pointer: '/pullMode', detail: 'must be false or left out: webhooks are pushed' }]);
  const found = EVENTS.find((candidate) => candidate.event === event);
  if (found) return found.trigger;
  throw invalid([{ pointer: '/event', detail: `must be one of ${EVENTS.map((one) => one.event).join(', ')}` }]);
}

function targetOf({ target_url: url }: Subscribe): string {
  if (url === undefined) throw invalid([{ pointer: '/target_url', detail: 'is required, as an https URL' }]);
  return url.trim();
}

/** @throws Problem not_found */
export function requireTemplate(config: TenantConfig, name = ''): Template {
  const template = templateByVendorId(config, name, ({ vendor }) => vendor.passcreator?.guid);
  if (!template) throw notFound('template');
  return template;
}

function showTemplate(template: Template | undefined): string | null {
  return template ? shownId(template, template.vendor.passcreator?.guid) : null;
}
