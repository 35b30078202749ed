import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { ASKS_FROM, showDryRun, startBulk } from '../bulk.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { CommandFailed } from '../exit.ts';
import { type Column, colourOf, type Line, localTime, printable } from '../output.ts';
import { each, type PageOf, rowsOf } from '../pages.ts';
import { dataOf } from '../session.ts';

type Endpoint = Schemas['Endpoint'];
type BoardEndpoint = Schemas['BoardEndpoint'];
type EndpointCheck = Schemas['EndpointCheck'];

const columns: readonly Column<Endpoint>[] = [
  ['endpoint', ({ id }) => id],
  ['state', ({ state }) => state, ({ state }) => colourOf(state)],
  ['breaker', ({ live }) => live?.breaker.state ?? 'unknown'],
  ['in flight', ({ live }) => (live ? `${live.inFlight} of ${live.share}` : 'unknown')],
  ['parked', ({ live }) => live?.parked ?? 'unknown'],
  ['url', ({ url }) => url],
];

const boardColumns: readonly Column<BoardEndpoint>[] = [
  ['endpoint', ({ id }) => id],
  ['condition', ({ condition }) => condition, ({ condition }) => colourOf(condition)],
  ['since', ({ paused, failingSince }) => localTime(paused?.at ?? failingSince)],
  ['last answer', ({ lastAttempt }) => lastAttempt?.status ?? lastAttempt?.reason],
  ['waiting', ({ due, held }) => due + held],
  ['disabled at', ({ disablesAt }) => localTime(disablesAt)],
  ['url', ({ url }) => url],
];

function linesOf({
  id,
  url,
  state,
  integrationId,
  subscriptions,
  failingSince,
  paused,
  limits,
  live,
}: Endpoint): readonly Line[] {
  const { count, disabled, disabledReasons } = subscriptions;
  return [
    ['endpoint', id],
    ['url', url],
    ['integration', integrationId],
    ['state', state],
    ['failing since', localTime(failingSince)],
    ['disabled by hand', paused && `${localTime(paused.at)} by ${paused.by}: ${paused.reason}`],
    ['subscriptions', disabled > 0 ? `${count}, ${disabled} disabled (${disabledReasons.join(', ')})` : count],
    ['limits', `${limits.maxInFlight} in flight, ${limits.ratePerSecond ?? 'any number'} a second`],
    ['breaker', live?.breaker.state ?? 'unknown: Redis does not answer'],
    ['in flight', live && `${live.inFlight} of ${live.share}`],
    ['parked', live?.parked],
  ];
}

/** What a look at a URL showed. */
function checkLines({ url, allowed, addresses, connection, subscriptions }: EndpointCheck): readonly Line[] {
  const tls = connection?.kind === 'tls' ? connection : undefined;
  const certificate = tls?.certificate;
  return [
    ['url', url],
    ['allowed', allowed ? 'yes' : 'no'],
    ['addresses', addresses.join(', ') || null],
    ['connection', tls ? tls.protocol : connection?.kind],
    ['certificate', certificate && `${certificate.subject}, valid until ${localTime(certificate.validUntil)}`],
    ['issued by', certificate?.issuer],
    ...subscriptions.map(({ id, trigger, integration, same }): Line => {
      return ['sends already', `${trigger} (${integration ?? id})${same ? ': a second one would be refused' : ''}`];
    }),
  ];
}

export const endpoints = group('endpoints', 'health and limits of the URLs')
  .addCommand(
    listCommand('list endpoints, newest first')
      .option('--integration <id>', 'only those of this integration')
      .addOption(new Option('--state <state>', 'only those in this state').choices(['active', 'failing', 'disabled']))
      .action(async ({ integration, state, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...(integration && { integrationId: integration }), ...(state && { state }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/endpoints', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No endpoint.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show an endpoint')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const endpoint = await dataOf(client.GET('/v1/endpoints/{id}', { params: { path: { id }, query: scope } }));
        output.object(endpoint, linesOf(endpoint));
      }),
  )
  .addCommand(
    apiCommand('board', 'those that need attention first')
      .option('--host <text>', 'only those whose host contains this')
      .option('--limit <number>', 'the most endpoints', Number, 20)
      .action(async ({ host, limit, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const query = { ...scope, limit, ...(host && { host }) };
        const { endpoints: found, counts } = await dataOf(client.GET('/v1/endpoints/board', { params: { query } }));
        await output.rows(each(found), boardColumns, 'No endpoint.');
        output.note(`${counts.disabled} disabled, ${counts.failing} failing, ${counts.active} active`);
      }),
  )
  .addCommand(
    apiCommand('disable', 'send nothing to it until it is enabled; deliveries are held')
      .argument('<id>')
      .requiredOption('--reason <text>', 'why')
      .action(async (id, { reason, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const endpoint = await dataOf(client.POST('/v1/endpoints/{id}/disable', { params, body: { reason } }));
        output.object(endpoint, linesOf(endpoint));
      }),
  )
  .addCommand(
    apiCommand('check', 'look at a URL before anything is subscribed to it; sends no request')
      .argument('<url>')
      .option('--integration <id>', 'the integration that would send to it')
      .option('--trigger <trigger>', 'the trigger that would be subscribed to')
      .option('--template <id>', 'the template that would be subscribed to')
      .action(async (url, { integration, trigger, template, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const body = {
          url,
          ...(integration && { integrationId: integration }),
          ...(trigger && { trigger: trigger as NonNullable<Schemas['EndpointQuestion']['trigger']> }),
          ...(template && { templateId: template }),
        };
        const check = await dataOf(client.POST('/v1/endpoints/check', { params: { query: scope }, body }));
        output.object(check, checkLines(check));
        if (check.problems.length > 0) throw new CommandFailed(check.problems.map(printable).join('\n'));
      }),
  )
  .addCommand(
    apiCommand('enable', 'close the breaker, enable its subscriptions and send what was held')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const endpoint = await dataOf(client.POST('/v1/endpoints/{id}/enable', { params, body: {} }));
        output.object(endpoint, linesOf(endpoint));
      }),
  )
  .addCommand(
    apiCommand('recover', 'send again what an endpoint did not get')
      .argument('<id>')
      .option('--since <instant>', 'deliveries created then or later; default: shortly before it last began to fail')
      .option('--rate <number>', 'deliveries a second', Number, 10)
      .option('--dry-run', 'only count')
      .option('--yes', `send, also ${ASKS_FROM} deliveries or more`)
      .option('--no-watch', 'return when it has begun')
      .action(async (id, { since, rate, dryRun, yes, watch: isWatched, ...options }) => {
        const context = contextOf(options);
        const { client, output, scope } = context;
        const params = { path: { id }, query: scope };
        const found = await dataOf(
          client.POST('/v1/endpoints/{id}/recover', { params, body: { ...(since && { since }) } }),
        );
        if (dryRun) output.object(found);
        showDryRun(output, found);
        output.text(`${found.count} deliveries since ${localTime(found.since)} would be sent again.`);
        if (!dryRun) await startBulk(context, found, { name: `Recovery of ${id}`, rate, yes, isWatched });
      }),
  );
