import type { Schemas } from '../../client/index.ts';
import { contextOf } from '../command.ts';
import { filterOf, watchCommand } from '../delivery-filter.ts';
import { colourOf, localTime, type Output, printable } from '../output.ts';
import { type StreamMessage, systemNote, untilStopped, watchChanges } from '../watch-changes.ts';

type DeliveryMessage = Schemas['DeliveryMessage'];

export const tail = watchCommand('tail', 'show attempts as they are made, until Ctrl-C')
  .option('--changes', 'also deliveries that are new, replayed, held or cancelled')
  .addHelpText(
    'after',
    `
  passwire tail --state dead retrying        what fails, as it fails
  passwire tail --json | jq -c .attempt      one JSON document a line`,
  )
  .action(async ({ changes, ...options }) => {
    const context = contextOf(options);
    const { output } = context;
    const query = { topics: 'deliveries', ...filterOf(options) };
    for await (const message of watchChanges(context, query, untilStopped())) {
      const note = noteOf(message);
      if (note) output.note(note);
      if (message.event !== 'delivery') continue;
      const { matches, attempt } = message.data;
      if (!matches || !(attempt || changes)) continue;
      output.line(message.data);
      output.text(lineOf(output, message.data));
    }
  });

function noteOf(message: StreamMessage): string | undefined {
  if (message.event === 'ready') return 'Watching. Ctrl-C ends it.';
  if (message.event === 'reset') return 'Something may have been missed.';
  if (message.event === 'system') return systemNote(message.data);
  if (message.event !== 'skipped' || message.data.skipped === 0) return undefined;
  return `${message.data.skipped} more: too many to show. Narrow the filter.`;
}

const ACTION_WIDTH = 9;

function lineOf({ paint }: Output, { action, delivery, attempt }: DeliveryMessage): string {
  const { trigger, passId, test, id, state } = delivery;
  const what = attempt?.verdict ?? action;
  const colour = colourOf(attempt ? attempt.verdict : state) ?? 'blue';
  const details = attempt
    ? [
        String(attempt.status ?? 'none').padEnd(4),
        `${attempt.durationMs ?? '-'} ms`.padStart(9),
        `#${attempt.number}`.padEnd(3),
      ]
    : ['-'.padEnd(4), ''.padStart(9), ''.padEnd(3)];
  const time = localTime(attempt?.startedAt ?? new Date().toISOString());
  return [
    paint('dim', time),
    paint(colour, what.padEnd(ACTION_WIDTH)),
    ...details,
    `${trigger}${test ? ' (test)' : ''}`,
    printable(passId),
    id,
    ...(attempt?.reason ? [paint('dim', printable(attempt.reason))] : []),
  ].join('  ');
}
