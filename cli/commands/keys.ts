import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { type Column, localTime } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf, done } from '../session.ts';

type ApiKey = Schemas['ApiKey'];

const columns: readonly Column<ApiKey>[] = [
  ['key', ({ id }) => id],
  ['name', ({ name }) => name],
  ['role', ({ role }) => role],
  ['tenant', ({ tenantId }) => tenantId ?? 'any'],
  ['begins with', ({ hint }) => hint],
  ['revoked', ({ revokedAt }) => localTime(revokedAt)],
];

export const keys = group('keys', 'API keys (role admin)')
  .addCommand(
    listCommand('list API keys, newest first').action(async (options) => {
      const { client, output, scope } = contextOf(options);
      const page = (query: PageOf) => dataOf(client.GET('/v1/api-keys', { params: { query: { ...scope, ...query } } }));
      await output.rows(rowsOf(options, page), columns, 'No API key.');
    }),
  )
  .addCommand(
    apiCommand('create', 'create an API key, which is shown only now')
      .argument('<name>', 'who or what will use it')
      .addOption(
        new Option('--role <role>', 'what it may do')
          .choices(['admin', 'tenant', 'producer', 'support'] as const)
          .makeOptionMandatory(),
      )
      .action(async (name, options) => {
        const { client, output, scope } = contextOf(options);
        const key = await dataOf(client.POST('/v1/api-keys', { body: { name, role: options.role, ...scope } }));
        output.object(key, [
          ['key', key.id],
          ['text', key.key],
          ['role', key.role],
          ['tenant', key.tenantId ?? 'any'],
        ]);
        output.note('The text is shown only now. Whoever has it can use the key.');
      }),
  )
  .addCommand(
    apiCommand('revoke', 'revoke an API key')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output } = contextOf(options);
        await done(client.DELETE('/v1/api-keys/{id}', { params: { path: { id } } }));
        output.note(`Revoked ${id}.`);
      }),
  );
