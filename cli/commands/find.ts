import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf } from '../command.ts';
import type { Column } from '../output.ts';
import { dataOf } from '../session.ts';

type Hit = Schemas['SearchHit'];

const columns: readonly Column<Hit>[] = [
  ['what', ({ kind, deleted }) => (deleted ? `${kind} (deleted)` : kind)],
  ['id', ({ id }) => id],
  ['', ({ text }) => text],
  ['tenant', ({ tenantId }) => tenantId],
];

export const find = apiCommand('find', 'find what a pasted id, webhook-id line, body, URL or name belongs to')
  .argument('<text>')
  .action(async (text, options) => {
    const { client, output, scope } = contextOf(options);
    const { recognisedAs, hits } = await dataOf(client.GET('/v1/search', { params: { query: { ...scope, q: text } } }));
    async function* rows() {
      yield* hits;
    }
    const empty = recognisedAs === 'status' ? `Try: passwire deliveries list --status ${text}` : 'Nothing found.';
    await output.rows(rows(), columns, empty);
  });
