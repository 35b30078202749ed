import { setTimeout as sleep } from 'node:timers/promises';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, type CommandContext, contextOf, group, listCommand } from '../command.ts';
import { CommandFailed } from '../exit.ts';
import { type Column, type Line, localTime } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Erasure = Schemas['Erasure'];
type Counts = Schemas['ErasureCounts'];

const WATCH_EVERY_MS = 500;
const LABELS: Readonly<Record<keyof Counts, string>> = {
  events: 'events',
  deliveries: 'deliveries',
  cancelled: 'of these cancelled',
  deadLetters: 'dead letters',
  installations: 'installations',
  keptAnswers: 'stored answers',
  replays: 'replays',
  auditEntries: 'audit entries',
};

const columns: readonly Column<Erasure>[] = [
  ['erasure', ({ id }) => id],
  ['by', ({ subject }) => subject],
  ['state', ({ state }) => state],
  ['events', ({ counts }) => counts.events],
  ['deliveries', ({ counts }) => counts.deliveries],
  ['requested', ({ createdAt }) => localTime(createdAt)],
];

function linesOf({ id, subject, subjectHash, state, passes, counts, ...erasure }: Erasure): readonly Line[] {
  return [
    ['erasure', id],
    ['state', state],
    ['subject', `${subject}, ${subjectHash}`],
    ['passes', passes],
    ...countLines(counts),
    ['requested', `${localTime(erasure.createdAt)} by ${erasure.createdBy}`],
    ['ended', localTime(erasure.endedAt)],
  ];
}

function countLines(counts: Counts): readonly Line[] {
  return (Object.keys(LABELS) as (keyof Counts)[]).map((kind) => [LABELS[kind], counts[kind]] as const);
}

async function untilDone({ client, scope }: CommandContext, id: string): Promise<Erasure> {
  for (;;) {
    const erasure = await dataOf(client.GET('/v1/erasures/{id}', { params: { path: { id }, query: scope } }));
    if (erasure.state === 'done') return erasure;
    await sleep(WATCH_EVERY_MS);
  }
}

export const erasures = group('erasures', 'erasing what is stored about a pass')
  .addCommand(
    apiCommand('start', 'count what is stored about a pass, then erase it; this cannot be undone')
      .option('--pass <id>', "the pass system's id of the pass")
      .option('--user-provided-id <id>', "the tenant's own id: all passes that have had it")
      .option('--dry-run', 'only count')
      .option('--yes', 'erase: without it, only the count is shown')
      .option('--no-watch', 'return when it has begun')
      .action(async ({ pass, userProvidedId, dryRun, yes, watch, ...options }) => {
        if ((pass === undefined) === (userProvidedId === undefined)) {
          throw new CommandFailed('Name the pass: --pass <id>, or --user-provided-id <id>.');
        }
        const context = contextOf(options);
        const { client, output, scope } = context;
        const subject = pass === undefined ? { userProvidedId: userProvidedId ?? '' } : { passId: pass };
        const params = { query: scope };
        const found = await dataOf(client.POST('/v1/erasures/dry-run', { params, body: subject }));
        if (dryRun) return output.object(found, [['passes', found.passes], ...countLines(found.counts)]);
        if (!yes) {
          const { events, deliveries } = found.counts;
          throw new CommandFailed(
            `${found.passes} passes with ${events} events and ${deliveries} deliveries would be erased: add --yes to erase them.`,
          );
        }
        const body = { ...subject, confirmToken: found.confirmToken };
        const started = await dataOf(client.POST('/v1/erasures', { params, body }));
        output.note(`${started.id}: erasing`);
        if (!watch) return output.line(started);
        const erasure = await untilDone(context, started.id);
        output.object(erasure, linesOf(erasure));
      }),
  )
  .addCommand(
    apiCommand('show', 'show an erasure with what was erased')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const erasure = await dataOf(client.GET('/v1/erasures/{id}', { params: { path: { id }, query: scope } }));
        output.object(erasure, linesOf(erasure));
      }),
  )
  .addCommand(
    listCommand('list erasures, newest first')
      .option('--pass <id>', 'only those of this pass')
      .option('--user-provided-id <id>', "only those by this id of the tenant's own")
      .action(async ({ pass, userProvidedId, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...(pass && { passId: pass }), ...(userProvidedId && { userProvidedId }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/erasures', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No erasure.');
      }),
  );
