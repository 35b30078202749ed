import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group } from '../command.ts';
import { storedCommand, storedFilterOf } from '../delivery-filter.ts';
import { CommandFailed } from '../exit.ts';
import { type Column, localTime, printable } from '../output.ts';
import { allOption, limitOption, type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type DeadLetter = Schemas['DeadLetter'];

const columns: readonly Column<DeadLetter>[] = [
  ['dead letter', ({ id }) => id],
  ['trigger', ({ trigger }) => trigger],
  ['pass', ({ passId }) => passId],
  ['reason', ({ reason }) => reason.slice(0, 60)],
  ['created', ({ createdAt }) => localTime(createdAt)],
  ['closed', ({ closed }) => closed?.as],
];

const linesOf = ({ id, deliveryId, trigger, passId, reason, createdAt, closed }: DeadLetter) =>
  [
    ['dead letter', id],
    ['delivery', deliveryId],
    ['event', `${trigger} of pass ${passId || '(none)'}`],
    ['reason', reason],
    ['created', localTime(createdAt)],
    ['closed', closed && `${closed.as} by ${closed.by}, ${localTime(closed.at)}`],
    ['because', closed?.reason],
  ] as const;

export const deadLetters = group('dead-letters', 'deliveries that failed permanently')
  .addCommand(
    storedCommand('list', 'list dead letters, newest first')
      .addOption(limitOption)
      .addOption(allOption)
      .option('--closed', 'those that were replayed or discarded, instead of the open ones')
      .action(async ({ closed, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const open = closed ? ('false' as const) : ('true' as const);
        const filter = { open, ...storedFilterOf(options) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/dead-letters', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No dead letter.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show a dead letter')
      .argument('<id>')
      .option('--body', 'the body too, as it was sent')
      .action(async (id, { body, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const letter = await dataOf(client.GET('/v1/dead-letters/{id}', { params: { path: { id }, query: scope } }));
        output.object(letter, linesOf(letter));
        if (body) output.text(`\n${printable(letter.body ?? '(no body: it could not be built)')}`);
      }),
  )
  .addCommand(
    apiCommand('replay', 'send it again: the same bytes under the same webhook-id')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const { deliveryId } = await dataOf(client.POST('/v1/dead-letters/{id}/replay', { params, body: {} }));
        output.object({ deliveryId }, [['on its way', deliveryId]]);
      }),
  )
  .addCommand(
    apiCommand('discard', 'close it without sending it again')
      .argument('<id>')
      .option('--reason <text>', 'why')
      .action(async (id, { reason, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const body = { ...(reason && { reason }) };
        const letter = await dataOf(client.POST('/v1/dead-letters/{id}/discard', { params, body }));
        output.object(letter, linesOf(letter));
      }),
  )
  .addCommand(
    storedCommand('discard-all', 'count the open ones that a filter finds, then close them without sending them again')
      .requiredOption('--reason <text>', 'why')
      .option('--yes', 'discard them; without it they are only counted')
      .action(async ({ reason, yes, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { query: scope };
        const body = storedFilterOf(options);
        const found = await dataOf(client.POST('/v1/dead-letters/discard/dry-run', { params, body }));
        if (found.confirmToken === null) throw new CommandFailed('Nothing matches, so nothing was discarded.');
        if (!yes) {
          output.object(found, [['would be discarded', found.count]]);
          return output.note('add --yes to discard them');
        }
        const { confirmToken } = found;
        const answer = await dataOf(client.POST('/v1/dead-letters/discard', { params, body: { confirmToken, reason } }));
        output.object(answer, [['discarded', answer.discarded]]);
      }),
  );
