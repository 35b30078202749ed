import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { type Column, type Line, localTime } from '../output.ts';
import { nameOption, rowsOf } from '../pages.ts';
import { dataOf, done } from '../session.ts';

type Tenant = Schemas['Tenant'];

const columns: readonly Column<Tenant>[] = [
  ['tenant', ({ id }) => id],
  ['name', ({ name }) => name],
  ['created', ({ createdAt }) => localTime(createdAt)],
];

const linesOf = ({ id, name, createdAt, updatedAt }: Tenant): readonly Line[] => [
  ['tenant', id],
  ['name', name],
  ['created', localTime(createdAt)],
  ['changed', localTime(updatedAt)],
];

export const tenants = group('tenants', 'owners of everything else')
  .addCommand(
    listCommand('list tenants, newest first')
      .addOption(nameOption)
      .action(async ({ name: q, ...options }) => {
        const { client, output } = contextOf(options);
        const rows = rowsOf(options, (query) =>
          dataOf(client.GET('/v1/tenants', { params: { query: { ...query, ...(q && { q }) } } })),
        );
        await output.rows(rows, columns, 'No tenant.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show a tenant')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output } = contextOf(options);
        const tenant = await dataOf(client.GET('/v1/tenants/{id}', { params: { path: { id } } }));
        output.object(tenant, linesOf(tenant));
      }),
  )
  .addCommand(
    apiCommand('create', 'create a tenant')
      .argument('<name>')
      .action(async (name, options) => {
        const { client, output } = contextOf(options);
        const tenant = await dataOf(client.POST('/v1/tenants', { body: { name } }));
        output.object(tenant, linesOf(tenant));
      }),
  )
  .addCommand(
    apiCommand('rename', 'rename a tenant')
      .argument('<id>')
      .argument('<name>')
      .action(async (id, name, options) => {
        const { client, output } = contextOf(options);
        const tenant = await dataOf(client.PATCH('/v1/tenants/{id}', { params: { path: { id } }, body: { name } }));
        output.object(tenant, linesOf(tenant));
      }),
  )
  .addCommand(
    apiCommand('delete', 'delete a tenant: its keys are revoked and its open deliveries cancelled')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output } = contextOf(options);
        await done(client.DELETE('/v1/tenants/{id}', { params: { path: { id } } }));
        output.note(`Deleted ${id}.`);
      }),
  );
