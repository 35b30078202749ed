import { type IntegrationId, type TemplateId, type TenantId, toUuid } from '../../domain/id.ts';
import type { ConfiguredSubscription } from '../../domain/subscription.ts';
import type { Statements } from '../database.ts';
import type { Prisma } from '../generated/client.ts';
import { integrationOf } from './integration-row.ts';
import { subscriptionOf } from './subscription-row.ts';
import { templateOf } from './template-row.ts';

/** The subscriptions to a template, those to all templates of the tenant included. */
export function subscriptionsToTemplate(
  tx: Statements,
  tenantId: TenantId,
  id: TemplateId,
): Promise<ConfiguredSubscription[]> {
  return readConfigured(tx, tenantId, { OR: [{ templateId: toUuid(id) }, { templateId: null }] });
}

export function subscriptionsOfIntegration(
  tx: Statements,
  tenantId: TenantId,
  id: IntegrationId,
): Promise<ConfiguredSubscription[]> {
  return readConfigured(tx, tenantId, { integrationId: toUuid(id) });
}

/** Must run in `changeConfiguration`: its lock keeps what is read from changing. */
async function readConfigured(
  tx: Statements,
  tenantId: TenantId,
  matching: Prisma.SubscriptionWhereInput,
): Promise<ConfiguredSubscription[]> {
  // subscriptions_tenant_id_id_idx
  const rows = await tx.subscription.findMany({
    where: { ...matching, tenantId: toUuid(tenantId), deletedAt: null },
    orderBy: { id: 'asc' },
  });
  const integrations = await tx.integration.findMany({
    where: { id: { in: [...new Set(rows.map(({ integrationId }) => integrationId))] } },
  });
  const templateIds = new Set(rows.flatMap(({ templateId }) => (templateId === null ? [] : [templateId])));
  const templates = await tx.template.findMany({ where: { id: { in: [...templateIds] } } });
  const integrationsById = new Map(integrations.map((row) => [row.id, integrationOf(row)]));
  const templatesById = new Map(templates.map((row) => [row.id, templateOf(row)]));
  return rows.flatMap((row) => {
    const integration = integrationsById.get(row.integrationId);
    const template = row.templateId === null ? undefined : templatesById.get(row.templateId);
    return integration ? [{ subscription: subscriptionOf(row), integration, template }] : [];
  });
}
