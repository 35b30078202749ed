import { notFound } from '../../domain/errors.ts';
import { type TemplateId, type TenantId, toUuid } from '../../domain/id.ts';
import type { Subscribers, TemplateStore, Usage } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { violatedIndex } from '../database-errors.ts';
import { Prisma } from '../generated/client.ts';
import { idsNamed } from '../names.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { changedColumns } from './changed-columns.ts';
import { subscriptionsToTemplate } from './configured-subscriptions.ts';
import { deleteWithSubscriptions } from './delete-with-subscriptions.ts';
import { columnsOf, templateOf } from './template-row.ts';
import { readUsage } from './tenant-usage.ts';
import { undeleted } from './undeleted.ts';

export function createTemplateStore(db: Database): TemplateStore {
  return {
    create(template, check) {
      const { id, tenantId, createdAt } = template;
      return undefinedWhenTaken(
        changeConfiguration(db, tenantId, async (tx) => {
          check(await surroundingsOf(tx, tenantId, id));
          const data = { ...columnsOf(template), id: toUuid(id), tenantId: toUuid(tenantId), createdAt };
          return templateOf(await tx.template.create({ data }));
        }),
      );
    },

    async find(tenantId, id) {
      const row = await db.template.findFirst({ where: undeleted(tenantId, id) });
      return row ? templateOf(row) : undefined;
    },

    async list(tenantId, { q }, page) {
      // templates_tenant_id_id_idx
      const { where, ...rest } = pageOfModel(page);
      const owner = Prisma.sql`tenant_id = ${toUuid(tenantId)}::uuid`;
      const named = q ? [{ id: { in: await idsNamed(db, 'templates', owner, q, page) } }] : [];
      const rows = await db.template.findMany({
        where: { ...where, AND: named, tenantId: toUuid(tenantId), deletedAt: null },
        ...rest,
      });
      return toPage(rows, page, templateOf);
    },

    /** @throws Problem `not_found` when the template does not exist or was deleted */
    change(tenantId, id, edit) {
      return undefinedWhenTaken(
        changeConfiguration(db, tenantId, async (tx) => {
          const before = await tx.template.findFirst({ where: undeleted(tenantId, id) });
          if (!before) throw notFound('template');
          const current = templateOf(before);
          const { row, check } = edit(current);
          if (check) check(await surroundingsOf(tx, tenantId, id));
          const data = changedColumns(columnsOf(current), columnsOf(row));
          return data ? templateOf(await tx.template.update({ where: { id: toUuid(id) }, data })) : current;
        }),
      );
    },

    async delete(tenantId, id, by, expected) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      return deleteWithSubscriptions(db, tenantId, { kind: 'template', id }, by, expected);
    },
  };
}

async function surroundingsOf(tx: Statements, tenantId: TenantId, id: TemplateId): Promise<Subscribers & Usage> {
  return { subscriptions: await subscriptionsToTemplate(tx, tenantId, id), usage: await readUsage(tx, tenantId) };
}

/** Undefined when another template of the tenant has the same `externalId`; the transaction was rolled back. */
async function undefinedWhenTaken<T>(change: Promise<T>): Promise<T | undefined> {
  try {
    return await change;
  } catch (error) {
    if (violatedIndex(error) === 'templates_tenant_id_external_id_key') return undefined;
    throw error;
  }
}
