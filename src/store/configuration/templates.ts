import { notFound } from '../../domain/errors.ts';
import { toId, toUuid } from '../../domain/id.ts';
import type { Template } from '../../domain/template.ts';
import type { TemplateStore } from '../../ports/configuration.ts';
import type { Database } from '../database.ts';
import { violatedIndex } from '../database-errors.ts';
import type { Prisma, Template as TemplateRow } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { deleteWithSubscriptions } from './delete-with-subscriptions.ts';
import { undeleted } from './undeleted.ts';

export function createTemplateStore(db: Database): TemplateStore {
  return {
    create(template) {
      return falseWhenTaken(
        changeConfiguration(db, template.tenantId, (tx) =>
          tx.template.create({
            data: {
              ...columnsOf(template),
              id: toUuid(template.id),
              tenantId: toUuid(template.tenantId),
              createdAt: template.createdAt,
            },
          }),
        ),
      );
    },

    async find(tenantId, id) {
      const row = await db.template.findFirst({ where: undeleted(tenantId, id) });
      return row ? templateOf(row) : undefined;
    },

    async list(tenantId, page) {
      // templates_tenant_id_id_idx
      const { where, ...rest } = pageOfModel(page);
      const rows = await db.template.findMany({
        where: { ...where, tenantId: toUuid(tenantId), deletedAt: null },
        ...rest,
      });
      return toPage(rows, page, templateOf);
    },

    /** @throws Problem `not_found` when the template does not exist or was deleted */
    update(template) {
      return falseWhenTaken(
        changeConfiguration(db, template.tenantId, async (tx) => {
          const { count } = await tx.template.updateMany({
            where: undeleted(template.tenantId, template.id),
            data: columnsOf(template),
          });
          if (count === 0) throw notFound('template');
        }),
      );
    },

    async delete(tenantId, id, by) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      return deleteWithSubscriptions(db, tenantId, { kind: 'template', id }, by);
    },
  };
}

/** False when another template of the tenant has the same `externalId`; the transaction was rolled back. */
async function falseWhenTaken(change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (violatedIndex(error) === 'templates_tenant_id_external_id_key') return false;
    throw error;
  }
}

function columnsOf(template: Template) {
  return {
    externalId: template.externalId ?? null,
    name: template.name,
    passType: template.passType,
    fields: template.fields as Prisma.InputJsonValue,
    personalised: template.personalised,
    vendor: template.vendor as Prisma.InputJsonValue,
    updatedAt: template.updatedAt,
  };
}

export function templateOf(row: TemplateRow): Template {
  return {
    id: toId('template', row.id),
    tenantId: toId('tenant', row.tenantId),
    externalId: row.externalId ?? undefined,
    name: row.name,
    passType: row.passType as Template['passType'],
    fields: row.fields as Template['fields'],
    personalised: row.personalised as Template['personalised'],
    vendor: row.vendor as Template['vendor'],
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
