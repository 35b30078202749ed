import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from '@commander-js/extra-typings';
import { SingleBar } from 'cli-progress';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, type CommandContext, contextOf, group, listCommand } from '../command.ts';
import { CommandFailed } from '../exit.ts';
import { several } from '../input.ts';
import { type Column, type Line, localTime, type Output } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Replay = Schemas['Replay'];
type ReplayWithOutcome = Schemas['ReplayWithOutcome'];
type DryRun = Schemas['ReplayDryRun'];

const STATES = ['dead', 'retrying', 'succeeded', 'cancelled'] as const;
/** From this many on a person has to say that it is meant. */
const ASKS_FROM = 100;
const WATCH_EVERY_MS = 1000;

const columns: readonly Column<Replay>[] = [
  ['replay', ({ id }) => id],
  ['name', ({ name }) => name],
  ['state', ({ state }) => state],
  ['sent', ({ sent }) => sent],
  ['skipped', ({ skipped }) => skipped],
  ['left', ({ left }) => left],
  ['begun', ({ createdAt }) => localTime(createdAt)],
];

function linesOf(replay: ReplayWithOutcome): readonly Line[] {
  const { estimateSeconds } = replay;
  return [
    ['replay', replay.id],
    ['name', replay.name],
    ['state', replay.state],
    ['rate', `${replay.ratePerSecond} a second`],
    ['sent', `${replay.sent} of ${replay.total}`],
    ['delivered', replay.delivered],
    ['failed', replay.failed],
    ...(replay.pastRetention > 0 ? [['no longer stored', replay.pastRetention] as const] : []),
    ['skipped', replay.skipped],
    ['left', replay.left],
    ['takes about', estimateSeconds === null ? null : `${estimateSeconds} s more`],
    ['begun', `${localTime(replay.createdAt)} by ${replay.createdBy}`],
    ['ended', localTime(replay.endedAt)],
  ];
}

/** What the dry run found, as a table by endpoint and one sentence. */
function showDryRun(output: Output, found: DryRun): void {
  for (const { url, states, leftOut } of found.endpoints) {
    const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
    output.text(`${url}  ${[...counts, ...(leftOut > 0 ? [`${leftOut} left out`] : [])].join(', ')}`);
  }
  if (found.leftOut > 0) output.text(`${found.leftOut} are left out: their subscription was deleted.`);
}

async function watch({ client, output, scope }: CommandContext, id: string): Promise<ReplayWithOutcome> {
  const read = () => dataOf(client.GET('/v1/replays/{id}', { params: { path: { id }, query: scope } }));
  const bar = process.stderr.isTTY && !output.json ? barOf() : undefined;
  let replay = await read();
  bar?.start(replay.total, 0, payloadOf(replay));
  while (replay.state === 'running' || (replay.state !== 'paused' && endedOf(replay) < replay.sent)) {
    bar?.update(replay.sent + replay.skipped, payloadOf(replay));
    await sleep(WATCH_EVERY_MS);
    replay = await read();
  }
  bar?.update(replay.sent + replay.skipped, payloadOf(replay));
  bar?.stop();
  return replay;
}

/** What is past retention has ended too. */
function endedOf({ delivered, failed, pastRetention }: ReplayWithOutcome): number {
  return delivered + failed + pastRetention;
}

function barOf(): SingleBar {
  return new SingleBar({
    format: '{bar} {value} of {total}  {delivered} delivered, {failed} failed, {skipped} skipped  {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
  });
}

function payloadOf({ delivered, failed, skipped }: ReplayWithOutcome): object {
  return { delivered, failed, skipped };
}

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
    apiCommand('start', 'count what would be sent again, then send it')
      .option('--after <instant>', 'deliveries created at this instant or later: 2026-05-04T09:30:00Z')
      .option('--before <instant>', 'deliveries created before this instant; default: now')
      .addOption(new Option('--state <state...>', 'deliveries in these states').choices(STATES).default(['dead'] as never))
      .option('--endpoint <id>', 'only those to this endpoint')
      .option('--subscription <id>', 'only those of this subscription')
      .option('--integration <id>', 'only those of this integration')
      .option('--pass <id>', 'only those of this pass')
      .option('--delivery <id>', 'exactly this delivery; may be repeated', several)
      .option('--fresh', "render the events anew with today's configuration, as new deliveries")
      .option('--name <name>', 'a name, for people')
      .option('--rate <number>', 'deliveries a second', Number, 10)
      .option('--dry-run', 'only count')
      .option('--yes', `send, also ${ASKS_FROM} deliveries or more`)
      .option('--no-watch', 'return when it has begun')
      .action(async ({ after, before, state, fresh, name, rate, dryRun, yes, watch: isWatched, ...options }) => {
        const context = contextOf(options);
        const { client, output, scope } = context;
        const { endpoint, subscription, integration, pass, delivery } = options;
        const body = {
          mode: fresh ? ('fresh' as const) : ('same' as const),
          states: state as unknown as (typeof STATES)[number][],
          ...(after && { after }),
          ...(before && { before }),
          ...(endpoint && { endpointId: endpoint }),
          ...(subscription && { subscriptionId: subscription }),
          ...(integration && { integrationId: integration }),
          ...(pass && { passId: pass }),
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
        if (found.confirmToken === null) throw new CommandFailed('Nothing matches, so nothing was started.');
        if (found.count >= ASKS_FROM && !yes) {
          throw new CommandFailed(`${found.count} deliveries would be sent again: add --yes to send them.`);
        }
        const started = await dataOf(
          client.POST('/v1/replays', {
            params,
            body: { confirmToken: found.confirmToken, ratePerSecond: rate, ...(name && { name }) },
          }),
        );
        output.note(`${started.id}: sending ${started.total} at ${started.ratePerSecond} a second`);
        if (!isWatched) return output.line(started);
        const replay = await watch(context, started.id);
        output.object(replay, linesOf(replay));
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
