import type { Schemas } from '../../client/index.ts';
import { contextOf, group, listCommand } from '../command.ts';
import { type Column, localTime } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Entry = Schemas['AuditEntry'];

const columns: readonly Column<Entry>[] = [
  ['at', ({ at }) => localTime(at)],
  ['action', ({ action }) => action],
  ['target', ({ target }) => target.id],
  ['by', ({ actor }) => actor.name ?? actor.id],
  ['role', ({ actor }) => actor.role ?? ''],
  ['changed', ({ before, after }) => Object.keys(after ?? before ?? {}).join(', ')],
];

export const audit = group('audit', 'who changed what, and when (roles admin and tenant)').addCommand(
  listCommand('list changes and acts, newest first')
    .option('--target <id>', 'only what was done to this object')
    .option('--actor <id>', "only what was done by this: an API key's id, configured-admin or system")
    .option('--action <action>', 'only these acts, as subscription.updated')
    .option('--after <instant>', 'at this instant or later: 2026-05-04T09:30:00Z')
    .option('--before <instant>', 'before this instant')
    .action(async (options) => {
      const { client, output, scope } = contextOf(options);
      const { target, actor, action, after, before } = options;
      const filter = {
        ...(target && { target }),
        ...(actor && { actor }),
        ...(action && { action: action as Entry['action'] }), // the API refuses others, and names those there are
        ...(after && { after }),
        ...(before && { before }),
      };
      const page = (query: PageOf) =>
        dataOf(client.GET('/v1/audit', { params: { query: { ...scope, ...filter, ...query } } }));
      await output.rows(rowsOf(options, page), columns, 'Nothing in this period.');
    }),
);
