import { Option } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, type CommandContext, contextOf } from '../command.ts';
import { filterOf } from '../delivery-filter.ts';
import { CommandFailed } from '../exit.ts';
import { type Forwarded, forwardRequest } from '../forward-request.ts';
import { pair } from '../input.ts';
import { type Colour, localTime, printable } from '../output.ts';
import { dataOf } from '../session.ts';
import { type StreamMessage, systemNote, untilStopped, watchChanges } from '../watch-changes.ts';

type Delivery = Schemas['Delivery'];

const SHOWN_CHARS = 200;

interface Target {
  readonly url: URL;
  /** Sent instead of the headers whose values the API does not show. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export const listen = apiCommand('listen', 'send deliveries also to a local port during development, until Ctrl-C')
  .addOption(
    new Option('--forward <url>', 'where to: http://localhost:3000/hooks').argParser(localUrl).makeOptionMandatory(),
  )
  .option('--subscription <id>', 'only those of this subscription')
  .option('--integration <id>', 'only those of this integration')
  .option('--trigger <trigger>', 'only those of subscriptions to this trigger: pass.installed')
  .option('--pass <id>', 'only those of this pass')
  .addOption(new Option('--header <name=value>', 'a header to send as well, or instead; may be repeated').argParser(pair))
  .addHelpText(
    'after',
    `
Every delivery that is new or replayed is sent there too: the same method, headers and body bytes under the same
webhook-id, signed at that moment with the integration's secrets. The delivery itself goes its own way, and what the
local port answers changes nothing of it. To have nothing sent elsewhere, disable the subscription: its deliveries are
held, and still come here. Values of extra headers are not known here: give them with --header. Nothing is left behind.

  passwire listen --forward http://localhost:3000/hooks --subscription sub_...
  passwire subscriptions test sub_...        in another window: a sample event`,
  )
  .action(async ({ forward, header: headers = {}, ...options }) => {
    const context = contextOf(options);
    const { output } = context;
    const signal = untilStopped();
    const target = { url: forward, headers, signal };
    const query = { topics: 'deliveries', ...filterOf(options) };
    let forwarded = 0;
    for await (const message of watchChanges(context, query, signal)) {
      const note = noteOf(message, forward);
      if (note) output.note(note);
      if (message.event !== 'delivery' || !isForwarded(message.data)) continue;
      await forwardDelivery(context, message.data.delivery, target);
      forwarded += 1;
    }
    output.note(`${forwarded} forwarded.`);
  });

function noteOf(message: StreamMessage, forward: URL): string | undefined {
  if (message.event === 'ready') return `Forwarding to ${forward.href}. Ctrl-C ends it.`;
  if (message.event === 'reset') return 'Some deliveries may not have been forwarded: replay them.';
  if (message.event === 'system') return systemNote(message.data);
  if (message.event !== 'skipped' || message.data.skipped === 0) return undefined;
  return `${message.data.skipped} changes were too many to be forwarded: narrow the filter.`;
}

function localUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError('It must be a URL: http://localhost:3000/hooks');
}

function isForwarded({ action, delivery }: Schemas['DeliveryMessage']): boolean {
  return delivery.kind === 'event' && (action === 'reopened' || (action === 'created' && delivery.state !== 'cancelled'));
}

/** Sends one delivery to the local port and reports the answer. What cannot be composed is reported, and the next one comes. */
async function forwardDelivery({ client, output }: CommandContext, delivery: Delivery, target: Target): Promise<void> {
  const { id, tenantId, trigger, passId } = delivery;
  const about = `${trigger}  ${printable(passId)}  ${id}`;
  const params = { path: { id }, query: { tenantId } };
  let composed: Schemas['ComposedRequest'];
  try {
    composed = await dataOf(client.GET('/v1/deliveries/{id}/request', { params }));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    output.line({ deliveryId: id, status: null, reason: error.message });
    return output.text(`${output.paint('red', 'not forwarded')}  ${about}\n  ${printable(error.message)}`);
  }
  const { method, body, blanked } = composed;
  const known = Object.entries(composed.headers).filter(([name]) => !blanked.includes(name));
  const headers = withOwn(Object.fromEntries(known), target.headers);
  const answer = await forwardRequest(target.url, { method, headers, body }, target.signal);
  if (target.signal.aborted) return;
  output.line({ deliveryId: id, ...resultOf(answer) });
  const { status, durationMs, reason } = resultOf(answer);
  const took = durationMs === null ? '' : `${durationMs} ms`;
  const line = [
    output.paint('dim', localTime(new Date().toISOString())),
    painted(output.paint, status),
    took.padStart(8),
    about,
  ];
  output.text(line.join('  '));
  if (reason) output.text(`  ${printable(reason)}`);
  const missing = blanked.filter((name) => !Object.hasOwn(headers, name));
  if (missing.length > 0) output.note(`  without ${missing.join(', ')}: give it with --header`);
}

/** @param own counts before, whatever the case of the name */
function withOwn(headers: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): Record<string, string> {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const others = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(others), ...own };
}

function resultOf(answer: Forwarded) {
  if (answer.kind === 'failed') return { status: null, durationMs: null, reason: answer.reason };
  const { status, durationMs, body } = answer;
  const isRefused = status < 200 || status >= 300;
  return { status, durationMs, reason: isRefused ? body.slice(0, SHOWN_CHARS) || null : null };
}

function painted(paint: (colour: Colour, text: string) => string, status: number | null): string {
  if (status === null) return paint('red', 'failed');
  return paint(status >= 200 && status < 300 ? 'green' : 'red', String(status).padEnd(6));
}
