import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { Schemas } from '../client/index.ts';
import type { CommandContext } from './command.ts';
import { CommandFailed } from './exit.ts';
import { type Line, localTime, type Output } from './output.ts';
import { dataOf } from './session.ts';

type ReplayWithOutcome = Schemas['ReplayWithOutcome'];
type DryRun = Pick<Schemas['ReplayDryRun'], 'endpoints' | 'leftOut'>;

/** From this many on a person has to say that it is meant. */
export const ASKS_FROM = 100;
const WATCH_EVERY_MS = 1000;

interface Start {
  readonly name?: string | undefined;
  /** A second. */
  readonly rate: number;
  readonly yes?: true | undefined;
  readonly isWatched: boolean;
}

/**
 * Starts what a dry run has counted, and follows it to its end.
 *
 * @throws CommandFailed when nothing was found, or so much that `--yes` is needed
 */
export async function startBulk(
  context: CommandContext,
  { count, confirmToken }: { readonly count: number; readonly confirmToken: string | null },
  { name, rate, yes, isWatched }: Start,
): Promise<void> {
  const { client, output, scope } = context;
  if (confirmToken === null) throw new CommandFailed('Nothing matches, so nothing was started.');
  if (count >= ASKS_FROM && !yes) throw new CommandFailed(`${count} deliveries would be sent: add --yes to send them.`);
  const body = { confirmToken, ratePerSecond: rate, ...(name && { name }) };
  const started = await dataOf(client.POST('/v1/replays', { params: { query: scope }, body }));
  output.note(`${started.id}: sending ${started.total} at ${started.ratePerSecond} a second`);
  if (!isWatched) return output.line(started);
  const replay = await watch(context, started.id);
  output.object(replay, linesOf(replay));
}

/** What the dry run found, as a table by endpoint and one sentence. */
export function showDryRun(output: Output, found: DryRun): void {
  for (const { url, states, leftOut } of found.endpoints) {
    const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
    output.text(`${url}  ${[...counts, ...(leftOut > 0 ? [`${leftOut} left out`] : [])].join(', ')}`);
  }
  if (found.leftOut > 0) output.text(`${found.leftOut} are left out: their subscription was deleted.`);
}

export function linesOf(replay: ReplayWithOutcome): readonly Line[] {
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

/** Waits until a replay has ended, and shows how far it is. */
export async function watch({ client, output, scope }: CommandContext, id: string): Promise<ReplayWithOutcome> {
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
