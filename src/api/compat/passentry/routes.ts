import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import { createIntegration, deleteIntegration } from '../../../admin/integrations.ts';
import { rotateSecret } from '../../../admin/secrets.ts';
import { toUuid } from '../../../domain/id.ts';
import { sendTest } from '../../../pipeline/send-test.ts';
import { configOf } from '../configured.ts';
import { type DoorRoute, doorRoute } from '../door.ts';
import { find, integrationInput, nameOf, refuseTaken, refuseTooMany, subscribe, update } from './change-registration.ts';
import {
  optionsOf,
  registrationsOf,
  resourceSchema,
  showRegistration,
  withoutSecret,
  wrappedSchema,
} from './registration.ts';
import { createSchema, listQuerySchema, triggersOf, updateSchema } from './requests.ts';

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
