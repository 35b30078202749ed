import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { ASKS_FROM, linesOf, showDryRun, startBulk, watch } from '../bulk.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { storedCommand, storedFilterOf } from '../delivery-filter.ts';
import { several } from '../input.ts';
import { type Column, localTime } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Replay = Schemas['Replay'];

const STATES = ['dead', 'retrying', 'succeeded', 'cancelled'] as const;

const columns: readonly Column<Replay>[] = [
  ['replay', ({ id }) => id],
  ['name', ({ name }) => name],
  ['state', ({ state }) => state],
  ['sent', ({ sent }) => sent],
  ['skipped', ({ skipped }) => skipped],
  ['left', ({ left }) => left],
  ['begun', ({ createdAt }) => localTime(createdAt)],
];

function switching(name: 'pause' | 'resume' | 'cancel', description: string) {
  return apiCommand(name, description)
    .argument('<id>')
    .action(async (id, options) => {
      const { client, output, scope } = contextOf(options);
      const params = { path: { id }, query: scope };
      const replay = await dataOf(client.POST(`/v1/replays/{id}/${name}`, { params, body: {} }));
      output.object(replay, [
        ['replay', replay.id],
        ['state', replay.state],
        ['sent', `${replay.sent} of ${replay.total}`],
      ]);
    });
}

export const replays = group('replays', 'sending many deliveries again')
  .addCommand(
    storedCommand('start', 'count what would be sent again, then send it')
      .addOption(new Option('--state <state...>', 'deliveries in these states').choices(STATES).default(['dead'] as never))
      .option('--delivery <id>', 'exactly this delivery; may be repeated', several)
      .option('--fresh', "render the events anew with today's configuration, as new deliveries")
      .option('--name <name>', 'a name, for people')
      .option('--rate <number>', 'deliveries a second', Number, 10)
      .option('--dry-run', 'only count')
      .option('--yes', `send, also ${ASKS_FROM} deliveries or more`)
      .option('--no-watch', 'return when it has begun')
      .action(async ({ state, fresh, name, rate, dryRun, yes, watch: isWatched, ...options }) => {
        const context = contextOf(options);
        const { client, output, scope } = context;
        const { delivery } = options;
        const body = {
          mode: fresh ? ('fresh' as const) : ('same' as const),
          states: state as unknown as (typeof STATES)[number][],
          ...storedFilterOf(options),
          ...(delivery && { deliveryIds: delivery }),
        };
        const params = { query: scope };
        const found = await dataOf(client.POST('/v1/replays/dry-run', { params, body }));
        if (dryRun) {
          output.object(found);
          showDryRun(output, found);
          output.text(`${found.count} deliveries would be sent again.`);
          return;
        }
        showDryRun(output, found);
        await startBulk(context, found, { name, rate, yes, isWatched });
      }),
  )
  .addCommand(
    apiCommand('watch', 'follow a replay until it has ended')
      .argument('<id>')
      .action(async (id, options) => {
        const context = contextOf(options);
        const replay = await watch(context, id);
        context.output.object(replay, linesOf(replay));
      }),
  )
  .addCommand(
    listCommand('list replays, newest first').action(async (options) => {
      const { client, output, scope } = contextOf(options);
      const page = (query: PageOf) => dataOf(client.GET('/v1/replays', { params: { query: { ...scope, ...query } } }));
      await output.rows(rowsOf(options, page), columns, 'No replay.');
    }),
  )
  .addCommand(switching('pause', 'pause a replay'))
  .addCommand(switching('resume', 'resume a paused replay'))
  .addCommand(switching('cancel', 'stop what is not sent yet'));
