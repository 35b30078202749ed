import { z } from 'zod';
import { runTogether } from '../../../admin/change-together.ts';
import { createIntegration, newIntegrationSchema } from '../../../admin/integrations.ts';
import {
  changeSubscription,
  createSubscriptions,
  deleteSubscription,
  newSubscriptionSchema,
} from '../../../admin/subscriptions.ts';
import { checkInput } from '../../../domain/check-input.ts';
import { invalid, Problem } from '../../../domain/errors.ts';
import { parseId, type TenantId } from '../../../domain/id.ts';
import { DIALECT_NAMES, type DialectName, type Integration } from '../../../domain/integration.ts';
import type { Template } from '../../../domain/template.ts';
import { type TenantConfig, templateNamed } from '../../../domain/tenant-config.ts';
import { TRIGGERS } from '../../../domain/trigger.ts';
import type { Context } from '../../route.ts';
import { configOf, integrationsOf, isSameAddress, subscriptionsOf } from '../configured.ts';
import { DoorReply, type DoorRoute, doorRoute } from '../door.ts';

const NAME = 'Zapier';

export const dialectMember = z.enum(DIALECT_NAMES).default('standard').meta({ description: 'Whose bodies are sent.' });

const subscribeSchema = z
  .object({
    hookUrl: z.string().meta({ description: 'The `targetUrl` that Zapier gives.' }),
    trigger: z.enum(TRIGGERS).meta({ description: 'The trigger.' }),
    templateId: z.string().nullish().meta({ description: 'Our id of a template, or its `externalId`. Default: all.' }),
    dialect: dialectMember,
  })
  .meta({
    id: 'ZapierSubscribe',
    description: 'A hook to subscribe.',
    examples: [{ hookUrl: 'https://hooks.zapier.com/hooks/standard/1/a/', trigger: 'pass.installed' }],
  });

const hookSchema = z.object({ id: z.string().meta({ description: 'The id to unsubscribe with.' }) }).meta({
  id: 'ZapierHook',
  description: 'The hook.',
  examples: [{ id: 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77' }],
});

export const hookRoutes: readonly DoorRoute[] = [
  doorRoute({
    method: 'post',
    path: '/hooks',
    operationId: 'zapierSubscribe',
    summary: 'Subscribe a hook',
    description: 'The same again answers 200 with the same id. A 410 of the hook ends the subscription.',
    body: subscribeSchema,
    status: 201,
    answer: hookSchema,
    other: { status: 200, description: 'It was subscribed already.' },
    pointers: { '/url': '/hookUrl', '/options': '/dialect', '/integrationId': '/dialect' },
    handle: (context, { tenantId, caller, body }) =>
      runTogether(context, tenantId, [body.hookUrl.trim()], async (deps) => {
        const { hookUrl: url, trigger, dialect } = body;
        const config = await configOf(deps, tenantId);
        const template = namedTemplate(config, body.templateId);
        const integration = zapierIntegration(config, dialect) ?? (await madeIntegration(deps, tenantId, dialect));
        const same = subscriptionsOf(config, [integration]).find(
          (other) =>
            other.trigger === trigger &&
            other.templateId === (template?.id ?? null) &&
            isSameAddress(other.url, url.trim()),
        );
        if (same) {
          if (same.disabled) await changeSubscription(deps, tenantId, same.id, { enabled: true }, undefined, caller.id);
          return new DoorReply(200, { id: same.id });
        }
        const input = newSubscriptionSchema.parse({
          integrationId: integration.id,
          templateId: template?.id ?? null,
          trigger,
          url: url.trim(),
          onGone: 'end',
        });
        const [created] = await createSubscriptions(deps, tenantId, input, caller.id);
        if (!created) throw new Error('a subscription was not made');
        return { id: created.subscription.id };
      }),
  }),
  doorRoute({
    method: 'delete',
    path: '/hooks/{id}',
    operationId: 'zapierUnsubscribe',
    summary: 'Unsubscribe a hook, also one that is gone',
    params: { id: { description: 'The id of the hook.', example: 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77' } },
    status: 200,
    answer: z.object({}).meta({ id: 'ZapierUnsubscribed', description: 'The hook is gone.', examples: [{}] }),
    async handle(context, { tenantId, caller, params }) {
      const id = parseId('subscription', params.id ?? '');
      if (!id) return {};
      await deleteSubscription(context, tenantId, id, caller.id).catch((error: unknown) => {
        if (!(error instanceof Problem && error.kind === 'not_found')) throw error;
      });
      return {};
    },
  }),
];

/** The integration of this name and dialect, the oldest of several. */
export function zapierIntegration(config: TenantConfig, dialect: DialectName): Integration | undefined {
  return integrationsOf(config, dialect).find(({ name }) => name === NAME);
}

/** @throws Problem invalid when the dialect has options without a default */
async function madeIntegration(deps: Context, tenantId: TenantId, dialect: DialectName): Promise<Integration> {
  const input = checkInput(newIntegrationSchema, { name: NAME, dialect });
  if (!input.ok) {
    const detail = `has options that must be set: create an integration of this dialect named ${NAME} in /v1 first`;
    throw invalid([{ pointer: '/dialect', detail }]);
  }
  const { integration } = await createIntegration(deps, tenantId, input.value);
  return integration;
}

/** @throws Problem invalid */
export function namedTemplate(config: TenantConfig, name: string | null | undefined): Template | undefined {
  if (!name) return undefined;
  const template = templateNamed(config, name);
  if (!template) throw invalid([{ pointer: '/templateId', detail: 'names no template of this tenant' }]);
  return template;
}
