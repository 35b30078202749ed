import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group } from '../command.ts';
import { deliveriesCommand, filterOf } from '../delivery-filter.ts';
import { type Column, colourOf, type Line, localTime, type Output, type Paint, printable } from '../output.ts';
import { allOption, limitOption, type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Delivery = Schemas['Delivery'];
type DeliveryWithAttempts = Schemas['DeliveryWithAttempts'];
type Attempt = Schemas['Attempt'];

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
  const { endedAt, endedReason, endedBy, dueAt } = delivery;
  return [
    ['delivery', delivery.id],
    ['state', delivery.state],
    ['event', `${delivery.trigger} of pass ${delivery.passId || '(none)'} (${delivery.eventId})`],
    ['subscription', delivery.subscriptionId],
    ['endpoint', delivery.endpointId],
    ['webhook-id', delivery.messageId],
    ['replay of', delivery.replayOf],
    ['created', localTime(delivery.createdAt)],
    ['next attempt', localTime(dueAt)],
    ['ended', endedAt && [localTime(endedAt), endedReason, endedBy && `by ${endedBy}`].filter(Boolean).join(', ')],
  ];
}

/** A delivery with its attempts, and its body if asked for. */
export function showDelivery(output: Output, delivery: DeliveryWithAttempts, withBody = false): void {
  output.object(delivery, linesOf(delivery));
  for (const attempt of delivery.attempts) output.text(`\n${attemptText(attempt, output.paint)}`);
  if (withBody && delivery.request) output.text(`\n${printable(delivery.request.body)}`);
}

function attemptText({ number, startedAt, verdict, outcome, request }: Attempt, paint: Paint): string {
  const head = `attempt ${number}  ${localTime(startedAt)}  ${paint(colourOf(verdict) ?? 'bold', verdict)}`;
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
      .option('--after <instant>', 'only those created at this instant or later: 2026-05-04T09:30:00Z')
      .option('--before <instant>', 'only those created before this instant')
      .action(async ({ after, before, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...filterOf(options), ...(after && { after }), ...(before && { before }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/deliveries', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No delivery matches.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show a delivery with its attempts')
      .argument('<id>')
      .option('--body', 'the body too, as it was sent')
      .action(async (id, { body, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        showDelivery(output, await dataOf(client.GET('/v1/deliveries/{id}', { params })), body);
      }),
  )
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
