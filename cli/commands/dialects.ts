import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf } from '../command.ts';
import type { Column } from '../output.ts';
import { dataOf } from '../session.ts';

type Dialect = Schemas['Dialect'];

const columns: readonly Column<Dialect>[] = [
  ['dialect', ({ name }) => name],
  ['vendor', ({ label }) => label],
  ['triggers', ({ triggers }) => triggers.filter(({ kind }) => kind === 'pass').length],
  ['', ({ description }) => description],
];

export const dialects = apiCommand('dialects', 'list the dialects: whose webhooks can be sent').action(async (options) => {
  const { client, output } = contextOf(options);
  const { data } = await dataOf(client.GET('/v1/dialects'));
  const rows = (async function* () {
    yield* data;
  })();
  await output.rows(rows, columns, 'No dialect.');
});
