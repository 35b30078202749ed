import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, type CommandContext, contextOf, group, listCommand } from '../command.ts';
import { CommandFailed } from '../exit.ts';
import { jsonPair, pair, readObject, several } from '../input.ts';
import { type Column, colourOf, type Line } from '../output.ts';
import { type PageOf, rowsOf } from '../pages.ts';
import { dataOf, done } from '../session.ts';
import { showDelivery } from './deliveries.ts';

type Subscription = Schemas['Subscription'];
type SubscriptionInput = Schemas['SubscriptionInput'];

const columns: readonly Column<Subscription>[] = [
  ['subscription', ({ id }) => id],
  ['trigger', ({ trigger }) => trigger],
  [
    'state',
    ({ state, disabledReason }) => [state, disabledReason].filter(Boolean).join(': '),
    ({ state }) => colourOf(state),
  ],
  ['url', ({ url }) => url],
];

function linesOf(subscription: Subscription): readonly Line[] {
  const { mapping, options, warnings } = subscription;
  const renamed = Object.entries(mapping.rename).map(([from, to]) => `${from} -> ${to}`);
  return [
    ['subscription', subscription.id],
    ['integration', subscription.integrationId],
    ['template', subscription.templateId ?? 'all'],
    ['trigger', `${subscription.trigger} (${subscription.event})`],
    ['url', subscription.url],
    ['state', [subscription.state, subscription.disabledReason].filter(Boolean).join(': ')],
    ['renamed', renamed.join(', ') || null],
    ['removed', mapping.remove.join(', ') || null],
    ['filter', subscription.filter && JSON.stringify(subscription.filter)],
    ['options', Object.keys(options).length > 0 ? JSON.stringify(options) : null],
    ['order', subscription.ordering === 'pass' ? 'the events of a pass one after another' : null],
    ...warnings.map(({ pointer, detail }): Line => ['warning', `${pointer}: ${detail}`]),
  ];
}

async function change(
  { client, output, scope }: CommandContext,
  id: string,
  body: Schemas['SubscriptionPatch'],
): Promise<void> {
  const params = { path: { id }, query: scope };
  const subscription = await dataOf(client.PATCH('/v1/subscriptions/{id}', { params, body }));
  output.object(subscription, linesOf(subscription));
}

export const subscriptions = group('subscriptions', 'which events go where, and how their fields are mapped')
  .addCommand(
    listCommand('list subscriptions, newest first')
      .option('--integration <id>', 'only those of this integration')
      .option('--template <id>', 'only those to this template')
      .action(async ({ integration, template, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const filter = { ...(integration && { integrationId: integration }), ...(template && { templateId: template }) };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/subscriptions', { params: { query: { ...scope, ...filter, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No subscription.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show a subscription')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        const subscription = await dataOf(client.GET('/v1/subscriptions/{id}', { params }));
        output.object(subscription, linesOf(subscription));
      }),
  )
  .addCommand(
    apiCommand('create', 'subscribe a URL to one or more triggers: to all of them or to none')
      .argument('<url>', 'the endpoint: an https URL of a public address')
      .requiredOption('--integration <id>', 'the integration that receives the events')
      .addOption(
        new Option('--trigger <trigger>', 'such as pass.installed; may be repeated')
          .argParser(several)
          .makeOptionMandatory(),
      )
      .option('--template <id>', 'the template whose passes are subscribed to; default: all')
      .addOption(new Option('--rename <field=name>', 'send a field under another name; may be repeated').argParser(pair))
      .addOption(new Option('--remove <field>', 'do not send a field; may be repeated').argParser(several))
      .addOption(new Option('-o, --option <name=value>', 'an option of the dialect; may be repeated').argParser(jsonPair))
      .option('--ordered', 'deliver the events of each pass one after another')
      .option('-f, --file <file>', 'a JSON object with further members; - for the standard input')
      .action(async (url, given) => {
        const { client, output, scope } = contextOf(given);
        const body = await subscriptionInput(url, given);
        const created = await dataOf(client.POST('/v1/subscriptions', { params: { query: scope }, body }));
        for (const subscription of 'data' in created ? created.data : [created]) {
          output.object(subscription, linesOf(subscription));
        }
      }),
  )
  .addCommand(
    apiCommand('update', 'change the members that a JSON object names')
      .argument('<id>')
      .requiredOption('-f, --file <file>', 'the object; - for the standard input')
      .action(async (id, options) => change(contextOf(options), id, await readObject(options.file))),
  )
  .addCommand(
    apiCommand('enable', 'enable a subscription; its held deliveries go out')
      .argument('<id>')
      .action((id, options) => change(contextOf(options), id, { enabled: true })),
  )
  .addCommand(
    apiCommand('disable', 'disable a subscription; its deliveries are held')
      .argument('<id>')
      .action((id, options) => change(contextOf(options), id, { enabled: false })),
  )
  .addCommand(
    apiCommand('test', 'send a sample event and show what the endpoint answered; fails when it did not accept it')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: { ...scope, wait: 'true' as const } };
        const ended = await dataOf(client.POST('/v1/subscriptions/{id}/test', { params, body: {} }));
        if (!('state' in ended)) throw new CommandFailed(`No answer yet: passwire deliveries show ${ended.deliveryId}`);
        showDelivery(output, ended);
        if (ended.state !== 'succeeded') throw new CommandFailed('The endpoint did not accept the test.');
      }),
  )
  .addCommand(
    apiCommand('delete', 'delete a subscription; its open deliveries are cancelled')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        await done(client.DELETE('/v1/subscriptions/{id}', { params: { path: { id }, query: scope } }));
        output.note(`Deleted ${id}.`);
      }),
  );

interface GivenSubscription {
  readonly integration: string;
  readonly trigger: readonly string[];
  readonly template?: string | undefined;
  readonly rename?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly option?: Readonly<Record<string, unknown>> | undefined;
  readonly ordered?: true | undefined;
  readonly file?: string | undefined;
}

async function subscriptionInput(url: string, given: GivenSubscription): Promise<SubscriptionInput> {
  const { integration, trigger, template, rename = {}, remove = [], option, ordered, file } = given;
  const body = {
    ...(file !== undefined && (await readObject(file))),
    url,
    integrationId: integration,
    ...(trigger.length === 1 ? { trigger: trigger[0] } : { triggers: trigger }),
    ...(template && { templateId: template }),
    ...((given.rename || given.remove) && { mapping: { rename, remove } }),
    ...(option && { options: option }),
    ...(ordered && { ordering: 'pass' }),
  };
  return body as SubscriptionInput; // the API checks it, and names what is wrong
}
