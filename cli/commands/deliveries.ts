import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group } from '../command.ts';
import { deliveriesCommand, storedFilterOf } from '../delivery-filter.ts';
import { type Column, colourOf, type Line, localTime, type Output, type Paint, printable } from '../output.ts';
import { allOption, limitOption, type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';
import { proof } from './proof.ts';

type Delivery = Schemas['Delivery'];
type DeliveryWithAttempts = Schemas['DeliveryWithAttempts'];
type Attempt = Schemas['ExplainedAttempt'];

/** Of `2026-05-04 09:30:00`. */
const TIME_WIDTH = 19;

const columns: readonly Column<Delivery>[] = [
  ['delivery', ({ id }) => id],
  ['state', ({ state }) => state, ({ state }) => colourOf(state)],
  ['trigger', ({ trigger, test }) => (test ? `${trigger} (test)` : trigger)],
  ['pass', ({ passId }) => passId],
  ['attempts', ({ attemptCount }) => attemptCount],
  ['answer', ({ lastStatus, lastReason }) => lastStatus ?? lastReason?.slice(0, 40)],
  ['created', ({ createdAt }) => localTime(createdAt)],
];

function linesOf(delivery: DeliveryWithAttempts): readonly Line[] {
  const { endedAt, endedReason, endedBy, next, names } = delivery;
  return [
    ['delivery', delivery.id],
    ['state', delivery.state],
    ['event', `${delivery.trigger} of pass ${delivery.passId || '(none)'} (${delivery.eventId})`],
    ['tenant', names.tenant],
    ['integration', names.integration],
    ['subscription', delivery.subscriptionId],
    ['endpoint', `${delivery.endpointId} ${names.url ?? ''}`],
    ['webhook-id', delivery.messageId],
    ['replay of', delivery.replayOf],
    ['created', localTime(delivery.createdAt)],
    ['next attempt', next && `${localTime(next.at)} (${next.reason})`],
    ['ended', endedAt && [localTime(endedAt), endedReason, endedBy && `by ${endedBy}`].filter(Boolean).join(', ')],
  ];
}

/** A delivery with its explanation, its timeline, its attempts and what can be done, and its body if asked for. */
export function showDelivery(output: Output, delivery: DeliveryWithAttempts, withBody = false): void {
  const { explanation, timeline, actions } = delivery;
  output.object(delivery, linesOf(delivery));
  output.text(`\n${printable(explanation.text)} (Times are UTC.)\n`);
  for (const entry of timeline) output.text(timelineText(entry, output.paint));
  const allowed = actions.filter((action) => action.allowed).map(({ name }) => name.replaceAll('_', ' '));
  output.text(`\n${output.paint('dim', 'you can')}  ${allowed.join(', ') || 'do nothing'}`);
  for (const attempt of delivery.attempts) output.text(`\n${attemptText(attempt, output.paint)}`);
  if (withBody && delivery.request) output.text(`\n${printable(delivery.request.body)}`);
}

function timelineText({ at, planned, text }: DeliveryWithAttempts['timeline'][number], paint: Paint): string {
  const line = `${planned ? '.' : '-'} ${(localTime(at) ?? 'now').padEnd(TIME_WIDTH)}  ${printable(text)}`;
  return planned ? paint('dim', line) : line;
}

function attemptText({ number, startedAt, verdict, outcome, request, rule, byHand }: Attempt, paint: Paint): string {
  const how = byHand ? ', by hand' : '';
  const head = `attempt ${number}${how}  ${localTime(startedAt)}  ${paint(colourOf(verdict) ?? 'bold', verdict)}  ${printable(rule.text)}`;
  if (outcome.kind === 'unbuildable') return `${head}\n  not sent: ${printable(outcome.reason)}`;
  const answer =
    outcome.kind === 'response'
      ? `${outcome.status}  ${printable(outcome.body.text.slice(0, 200)).replaceAll('\n', ' ')}`
      : printable(outcome.detail);
  const phases = Object.entries(outcome.timings).map(([phase, ms]) => `${phase.replace('Ms', '')} ${Math.round(ms)} ms`);
  const lines = [
    `${request?.method ?? ''} ${printable(request?.url ?? '')}`,
    answer,
    paint('dim', phases.join(', ')),
    ...(outcome.notes ?? []).map(printable),
  ];
  return [head, ...lines.map((line) => `  ${line}`)].join('\n');
}

export const deliveries = group('deliveries', 'events on their way to subscriptions')
  .addCommand(
    deliveriesCommand('list', 'list deliveries, newest first')
      .addOption(limitOption)
      .addOption(allOption)
      .action(async ({ state, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...storedFilterOf(options), ...(state && { state: state.join(',') }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/deliveries', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No delivery matches.');
      }),
  )
  .addCommand(
    apiCommand('show', 'say why a delivery is as it is: in a paragraph, its timeline, its attempts, and what you can do')
      .argument('<id>')
      .option('--body', 'the body too, as it was sent, up to 256 KiB')
      .action(async (id, { body, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        showDelivery(output, await dataOf(client.GET('/v1/deliveries/{id}', { params })), body);
      }),
  )
  .addCommand(proof)
  .addCommand(
    apiCommand('retry', 'send a delivery that waits for its retry now; the planned attempt stays if it fails')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const { deliveryId } = await dataOf(client.POST('/v1/deliveries/{id}/retry', { params, body: {} }));
        output.object({ deliveryId }, [['on its way', deliveryId]]);
      }),
  )
  .addCommand(
    apiCommand('replay', 'send an ended delivery again: the same bytes under the same webhook-id')
      .argument('<id>')
      .option('--fresh', "render the event anew with today's configuration, as a new delivery")
      .action(async (id, { fresh, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const body = { mode: fresh ? ('fresh' as const) : ('same' as const) };
        const { deliveryId } = await dataOf(client.POST('/v1/deliveries/{id}/replay', { params, body }));
        output.object({ deliveryId }, [['on its way', deliveryId]]);
      }),
  )
  .addCommand(
    apiCommand('cancel', 'cancel an open delivery: it is not sent unless somebody replays it')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        showDelivery(output, await dataOf(client.POST('/v1/deliveries/{id}/cancel', { params, body: {} })));
      }),
  );
