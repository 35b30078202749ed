import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  newIntegrationSchema,
} from '../../../admin/integrations.ts';
import { rotateSecret } from '../../../admin/secrets.ts';
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
import { sendTest } from '../../../pipeline/send-test.ts';
import type { Context } from '../../route.ts';
import { configOf, isSameAddress } from '../configured.ts';
import { type DoorRoute, doorRoute } from '../door.ts';
import {
  optionsOf,
  type Registration,
  registrationsOf,
  resourceSchema,
  showRegistration,
  withoutSecret,
  wrappedSchema,
} from './registration.ts';
import { type Create, createSchema, listQuerySchema, triggersOf, type Update, updateSchema } from './requests.ts';

/** E-D5: of the organisation, and of each entity. */
const MAX_PER_SCOPE = 10;

const PATH = '/api/v1/webhook-subscriptions';
const ID = {
  id: { description: 'The UUID of the webhook subscription.', example: '01983282-53cf-7e16-b5e1-dd0de4ce02fa' },
};
const POINTERS = {
  '/url': '/webhookSubscription/url',
  '/trigger': '/webhookSubscription/subscribedEvents',
  '/triggers': '/webhookSubscription/subscribedEvents',
  '/options': '/webhookSubscription',
};

const link = z.string().nullable();
const listSchema = z
  .object({
    data: z.array(resourceSchema).meta({ description: 'The page.' }),
    meta: z
      .object({
        totalCount: z.int().meta({ description: 'On all pages.' }),
        resultsPerPage: z.int().meta({ description: 'The most on a page.' }),
        currentPage: z.int().meta({ description: 'From 1.' }),
        totalPages: z.int().meta({ description: 'At least 1.' }),
      })
      .meta({ description: 'Where the page is.' }),
    links: z
      .object({
        first: link.meta({ description: 'The first page.' }),
        prev: link.meta({ description: 'The page before; null on the first.' }),
        next: link.meta({ description: 'The next page; null on the last.' }),
        last: link.meta({ description: 'The last page.' }),
      })
      .meta({ description: 'Other pages.' }),
  })
  .meta({
    id: 'PassEntryWebhookSubscriptionList',
    description: 'A page of webhook subscriptions, oldest first.',
    examples: [
      {
        data: [],
        meta: { totalCount: 0, resultsPerPage: 25, currentPage: 1, totalPages: 1 },
        links: { first: `${PATH}?perPage=25&page=1`, prev: null, next: null, last: `${PATH}?perPage=25&page=1` },
      },
    ],
  });

export const passentryRoutes: readonly DoorRoute[] = [
  doorRoute({
    method: 'post',
    path: PATH,
    operationId: 'passentryCreate',
    summary: 'Create a webhook subscription; its secret is returned only here',
    body: createSchema,
    status: 201,
    answer: wrappedSchema,
    blank: ({ data }) => ({ data: withoutSecret(data) }),
    pointers: POINTERS,
    async handle(context, { tenantId, caller, body: { webhookSubscription: wanted } }) {
      const triggers = triggersOf(wanted.subscribedEvents);
      const url = wanted.url.trim();
      const tenantName = await nameOf(context, tenantId);
      return runTogether(context, tenantId, [url], async (deps) => {
        const before = registrationsOf(await configOf(deps, tenantId));
        refuseTaken(before, wanted.entityId, url);
        refuseTooMany(before, wanted.entityId);
        const { integration, secrets } = await createIntegration(deps, tenantId, integrationInput(wanted, triggers));
        await subscribe(deps, tenantId, integration.id, { url, triggers, enabled: wanted.enabled ?? true, by: caller.id });
        const made = await find(deps, tenantId, toUuid(integration.id));
        const secretKey = secrets.find(({ kind }) => kind === 'passentry')?.value;
        return { data: showRegistration(made, { tenantName, secretKey }) };
      });
    },
  }),
  doorRoute({
    method: 'get',
    path: PATH,
    operationId: 'passentryList',
    summary: 'List webhook subscriptions',
    query: listQuerySchema,
    status: 200,
    answer: listSchema,
    async handle(context, { tenantId, query: { perPage, page, entityId }, baseUrl }) {
      const tenantName = await nameOf(context, tenantId);
      const all = registrationsOf(await configOf(context, tenantId)).filter(
        (registration) => entityId === undefined || optionsOf(registration).entityId === entityId,
      );
      const totalPages = Math.max(1, Math.ceil(all.length / perPage));
      const linkTo = (number: number): string => {
        const query = new URLSearchParams({
          perPage: String(perPage),
          page: String(number),
          ...(entityId && { entityId }),
        });
        return `${baseUrl}${PATH}?${query}`;
      };
      return {
        data: all.slice((page - 1) * perPage, page * perPage).map((one) => showRegistration(one, { tenantName })),
        meta: { totalCount: all.length, resultsPerPage: perPage, currentPage: page, totalPages },
        links: {
          first: linkTo(1),
          prev: page > 1 ? linkTo(Math.min(page - 1, totalPages)) : null,
          next: page < totalPages ? linkTo(page + 1) : null,
          last: linkTo(totalPages),
        },
      };
    },
  }),
  doorRoute({
    method: 'get',
    path: `${PATH}/{id}`,
    operationId: 'passentryShow',
    summary: 'Get a webhook subscription',
    params: ID,
    status: 200,
    answer: wrappedSchema,
    async handle(context, { tenantId, params }) {
      const registration = await find(context, tenantId, params.id);
      return { data: showRegistration(registration, { tenantName: await nameOf(context, tenantId) }) };
    },
  }),
  doorRoute({
    method: 'patch',
    path: `${PATH}/{id}`,
    operationId: 'passentryUpdate',
    summary: 'Change a webhook subscription',
    description: 'Events that `subscribedEvents` leaves out are no longer sent. The scope cannot change.',
    params: ID,
    body: updateSchema,
    status: 200,
    answer: wrappedSchema,
    pointers: POINTERS,
    async handle(context, { tenantId, caller, params, body: { webhookSubscription: patch } }) {
      const url = patch.url?.trim();
      const tenantName = await nameOf(context, tenantId);
      const known = await find(context, tenantId, params.id);
      return runTogether(context, tenantId, [url ?? known.url], async (deps) => {
        const before = await find(deps, tenantId, params.id);
        await update(deps, tenantId, before, { ...patch, url }, caller.id);
        return { data: showRegistration(await find(deps, tenantId, params.id), { tenantName }) };
      });
    },
  }),
  doorRoute({
    method: 'patch',
    path: `${PATH}/{id}/rotate-secret`,
    operationId: 'passentryRotateSecret',
    summary: 'Replace the secret; the old one stops signing at once',
    description: 'The answer has no `data` around it. The Standard Webhooks secret is rotated in `/v1`.',
    params: ID,
    status: 200,
    answer: resourceSchema,
    async handle(context, { tenantId, params }) {
      const registration = await find(context, tenantId, params.id);
      const { secrets } = await rotateSecret(context, tenantId, registration.integration.id, { kind: 'passentry' });
      const secretKey = secrets.find(({ kind, value }) => kind === 'passentry' && value !== undefined)?.value;
      return showRegistration(registration, { tenantName: await nameOf(context, tenantId), secretKey });
    },
  }),
  doorRoute({
    method: 'delete',
    path: `${PATH}/{id}`,
    operationId: 'passentryDelete',
    summary: 'Delete a webhook subscription',
    params: ID,
    status: 204,
    async handle(context, { tenantId, caller, params }) {
      const { integration } = await find(context, tenantId, params.id);
      await deleteIntegration(context, tenantId, integration.id, caller.id);
    },
  }),
  doorRoute({
    method: 'post',
    path: `${PATH}/{id}/test`,
    operationId: 'passentryTest',
    summary: 'Send a sample of each subscribed event',
    params: ID,
    status: 202,
    answer: z
      .object({ status: z.literal('queued').meta({ description: 'Always `queued`.' }) })
      .meta({ id: 'PassEntryTestQueued', description: 'The tests were queued.', examples: [{ status: 'queued' }] }),
    async handle(context, { tenantId, params }) {
      const { subscriptions } = await find(context, tenantId, params.id);
      for (const { id } of subscriptions) await sendTest(context, tenantId, id);
      return { status: 'queued' as const };
    },
  }),
];

async function nameOf({ tenants }: Pick<Context, 'tenants'>, tenantId: TenantId): Promise<string> {
  return (await tenants.find(tenantId))?.name ?? '';
}

/** @throws Problem not_found */
async function find(deps: Pick<Context, 'configSource'>, tenantId: TenantId, uuid = ''): Promise<Registration> {
  const config: TenantConfig = await configOf(deps, tenantId);
  const found = registrationsOf(config).find(({ integration }) => isUuid(uuid) && integration.id === idOf(uuid));
  if (!found) throw notFound('webhook subscription');
  return found;
}

function idOf(uuid: string): IntegrationId {
  return toId('integration', uuid.toLowerCase());
}

function integrationInput(wanted: Create, triggers: readonly Trigger[]) {
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
async function subscribe(
  deps: Context,
  tenantId: TenantId,
  integrationId: IntegrationId,
  { url, triggers, enabled, by }: { url: string; triggers: readonly Trigger[]; enabled: boolean; by: string },
): Promise<void> {
  const input = newSubscriptionSchema.parse({ integrationId, triggers, url, enabled, whileDisabled: 'cancel' });
  await createSubscriptions(deps, tenantId, input, by);
}

async function update(deps: Context, tenantId: TenantId, before: Registration, patch: Update, by: string): Promise<void> {
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
function refuseTaken(registrations: readonly Registration[], entityId: string | undefined, url: string): void {
  const same = inScope(registrations, entityId).find((registration) => isSameAddress(registration.url, url));
  if (!same) return;
  const detail = `is subscribed in this scope already, by ${toUuid(same.integration.id)}`;
  const pointer = '/webhookSubscription/url';
  throw conflict('already-subscribed', `${pointer} ${detail}.`, [{ pointer, detail }]);
}

/** @throws Problem invalid */
function refuseTooMany(registrations: readonly Registration[], entityId: string | undefined): void {
  if (inScope(registrations, entityId).length < MAX_PER_SCOPE) return;
  const detail = `would be the ${MAX_PER_SCOPE + 1}th of its scope; at most ${MAX_PER_SCOPE} are allowed`;
  throw invalid([{ pointer: '/webhookSubscription', detail }]);
}
