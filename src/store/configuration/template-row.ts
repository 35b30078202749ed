import { toId } from '../../domain/id.ts';
import type { Template } from '../../domain/template.ts';
import type { Prisma, Template as TemplateRow } from '../generated/client.ts';

/** The columns that creation and change both write. */
export function columnsOf(template: Template) {
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
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
