import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { ASKS_FROM, startBulk } from '../bulk.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { nameOf, parseJson, readInput, several } from '../input.ts';
import { type Column, localTime, type Output } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type EventRecord = Schemas['EventRecord'];
type EventBatch = Schemas['EventBatch'];
type BatchResult = Schemas['BatchResult'];

/** The most that the API takes in one request, and a size that stays below its limit of 8 MiB. */
const BATCH = 1000;
const BATCH_BYTES = 4 * 1024 * 1024;

const columns: readonly Column<EventRecord>[] = [
  ['event', ({ id }) => id],
  ['trigger', ({ type }) => type],
  ['pass', ({ passId }) => passId],
  ['not delivered', ({ undelivered }) => undelivered],
  ['accepted', ({ acceptedAt }) => localTime(acceptedAt)],
];

const linesOf = ({ id, type, passId, templateId, derivedFrom, undelivered, acceptedAt }: EventRecord) =>
  [
    ['event', id],
    ['trigger', type],
    ['pass', passId || null],
    ['template', templateId],
    ['derived from', derivedFrom],
    ['not delivered', undelivered],
    ['accepted', localTime(acceptedAt)],
  ] as const;

export const events = group('events', 'what happened to passes')
  .addCommand(
    listCommand('list events, newest first')
      .option('--pass <id>', 'only those of this pass')
      .option('--after <instant>', 'only those accepted at this instant or later: 2026-05-04T09:30:00Z')
      .option('--before <instant>', 'only those accepted before this instant')
      .action(async ({ pass, after, before, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...(pass && { passId: pass }), ...(after && { after }), ...(before && { before }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/events', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No event matches.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show an event and where it went')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const event = await dataOf(client.GET('/v1/events/{id}', { params: { path: { id }, query: scope } }));
        output.object(event, [
          ...linesOf(event),
          ...event.deliveries.map((delivery) => ['delivery', `${delivery.id} ${delivery.state}`] as const),
        ]);
        output.text(`\n${JSON.stringify(event.event, undefined, 2)}`);
      }),
  )
  .addCommand(
    apiCommand('emit', 'post events: one JSON object, an array, or one object a line')
      .addOption(new Option('-f, --file <file>', 'where they are; - for the standard input').default('-'))
      .addHelpText(
        'after',
        '\nGive every event an `id`, so that the command can be repeated without posting an event twice.',
      )
      .action(async ({ file, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const posted = eventsOf(await readInput(file), file);
        let accepted = 0;
        let refused = 0;
        for (const [first, events] of batchesOf(posted)) {
          const body = { events } as EventBatch; // the API checks them one by one
          const answer = await dataOf(client.POST('/v1/events/batch', { params: { query: scope }, body }));
          accepted += answer.accepted;
          refused += answer.refused;
          for (const result of answer.results) printResult(output, { ...result, index: first + result.index });
        }
        output.note(`${accepted} accepted, ${refused} refused`);
        if (refused > 0) throw new CommandFailed('Some events were refused; correct and post those again.');
      }),
  )
  .addCommand(
    apiCommand('backfill', 'send past events to a subscription that was made after them')
      .requiredOption('--subscription <id>', 'the subscription')
      .option('--after <instant>', 'events accepted at this instant or later: 2026-05-04T09:30:00Z')
      .option('--before <instant>', 'events accepted before this instant; default: now')
      .option('--pass <id>', 'only those of this pass')
      .option('--event <id>', 'exactly this event; may be repeated', several)
      .option('--rate <number>', 'deliveries a second', Number, 10)
      .option('--dry-run', 'only count')
      .option('--yes', `send, also ${ASKS_FROM} deliveries or more`)
      .option('--no-watch', 'return when it has begun')
      .action(async ({ subscription, rate, dryRun, yes, watch: isWatched, ...options }) => {
        const context = contextOf(options);
        const { client, output, scope } = context;
        const { after, before, pass, event } = options;
        const range = { ...(pass && { passId: pass }), ...(event && { eventIds: event }) };
        const found = await dataOf(
          client.POST('/v1/subscriptions/{id}/backfill', {
            params: { path: { id: subscription }, query: scope },
            body: { ...range, ...(after && { after }), ...(before && { before }) },
          }),
        );
        if (dryRun) output.object(found);
        if (found.leftOut > 0) output.text(`${found.leftOut} are left out by its filter or its time window.`);
        if (found.disabled)
          output.text(`The subscription is disabled (${found.disabled}): they are held until it is enabled.`);
        output.text(`${found.count} events would be sent to ${found.url}.`);
        if (!dryRun) await startBulk(context, found, { name: `Backfill of ${subscription}`, rate, yes, isWatched });
      }),
  );

/** With `--json` every result; otherwise those that people have to look at. */
function printResult(output: Output, result: BatchResult): void {
  if (output.json) output.line(result);
  else if (result.status === 'refused') {
    const reasons = result.errors.map(({ pointer, detail }) => `${pointer.replace(/^\/events\/\d+/, '')}: ${detail}`);
    output.note(`event ${result.index}: ${reasons.join('; ')}`);
  }
}

/** Events in a text: an object, an array, or an object a line. @throws CommandFailed */
function eventsOf(text: string, file: string): readonly unknown[] {
  if (text.trim() === '') throw new CommandFailed(`${nameOf(file)} is empty.`, EXIT.usage);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const isOneEach = lines.length > 1 && lines.every((line) => line.startsWith('{') && line.trimEnd().endsWith('}'));
  if (isOneEach) return lines.map((line) => parseJson(line, file));
  const value = parseJson(text, file);
  return Array.isArray(value) ? value : [value];
}

/** Batches that the API takes, each with the index of its first event. */
function* batchesOf(events: readonly unknown[]): Generator<readonly [first: number, events: readonly unknown[]]> {
  let batch: unknown[] = [];
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (batch.length === BATCH || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield [index - batch.length, batch];
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  yield [events.length - batch.length, batch];
}
