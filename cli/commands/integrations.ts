import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { jsonPair, pair, readObject } from '../input.ts';
import { type Column, type Line, localTime, type Output } from '../output.ts';
import { nameOption, type PageOf, rowsOf } from '../pages.ts';
import { dataOf, done } from '../session.ts';

type Integration = Schemas['Integration'];
type IntegrationInput = Schemas['IntegrationInput'];

const columns: readonly Column<Integration>[] = [
  ['integration', ({ id }) => id],
  ['name', ({ name }) => name],
  ['dialect', ({ dialect }) => dialect],
  ['changed', ({ updatedAt }) => localTime(updatedAt)],
];

function linesOf({ id, name, dialect, options, headers, secrets, warnings }: Integration): readonly Line[] {
  return [
    ['integration', id],
    ['name', name],
    ['dialect', dialect],
    ['options', JSON.stringify(options)],
    ['headers', Object.keys(headers).join(', ') || null],
    ...secrets.map(
      (secret): Line => [`secret (${secret.kind})`, secret.value ?? secret.publicKey ?? describeSecret(secret)],
    ),
    ...warnings.map(({ pointer, detail }): Line => ['warning', `${pointer}: ${detail}`]),
  ];
}

function describeSecret({ id, expiresAt }: Integration['secrets'][number]): string {
  return expiresAt ? `${id}, signs until ${localTime(expiresAt)}` : `${id}, not shown again`;
}

function show(output: Output, integration: Integration): void {
  output.object(integration, linesOf(integration));
  if (integration.secrets.some(({ value }) => value))
    output.note('The secret is shown only now: store it with the receiver.');
}

export const integrations = group('integrations', 'receiving systems: dialect, secrets, headers, limits, policy')
  .addCommand(
    listCommand('list integrations, newest first')
      .addOption(nameOption)
      .action(async ({ name, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const named = name === undefined ? {} : { q: name };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/integrations', { params: { query: { ...scope, ...named, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No integration.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show an integration')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const params = { path: { id }, query: scope };
        show(output, await dataOf(client.GET('/v1/integrations/{id}', { params })));
      }),
  )
  .addCommand(
    apiCommand('create', 'create an integration; its secret is shown only now')
      .argument('<name>')
      .requiredOption('--dialect <name>', 'whose webhooks are sent; `passwire dialects` lists them')
      .addOption(new Option('-o, --option <name=value>', 'an option of the dialect; may be repeated').argParser(jsonPair))
      .addOption(new Option('-H, --header <name=value>', 'an extra header; may be repeated').argParser(pair))
      .option('-f, --file <file>', 'a JSON object with further members; - for the standard input')
      .action(async (name, { dialect, option, header, file, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const more = file === undefined ? {} : await readObject(file);
        const given = { ...more, name, dialect, ...(option && { options: option }), ...(header && { headers: header }) };
        const body = given as IntegrationInput; // the API checks it, and names what is wrong
        show(output, await dataOf(client.POST('/v1/integrations', { params: { query: scope }, body })));
      }),
  )
  .addCommand(
    apiCommand('update', 'change the members that a JSON object names')
      .argument('<id>')
      .requiredOption('-f, --file <file>', 'the object; - for the standard input')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const body = await readObject(options.file);
        show(output, await dataOf(client.PATCH('/v1/integrations/{id}', { params: { path: { id }, query: scope }, body })));
      }),
  )
  .addCommand(
    apiCommand('rotate-secret', 'make a new secret; the old one signs too until the overlap ends')
      .argument('<id>')
      .option('--kind <kind>', 'which secret, of an integration with several')
      .option('--overlap-hours <hours>', 'how long the old one signs too', Number)
      .action(async (id, { kind, overlapHours, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const given = { ...(kind && { kind }), ...(overlapHours !== undefined && { overlapHours }) };
        const body = given as Schemas['SecretRotation'];
        const params = { path: { id }, query: scope };
        show(output, await dataOf(client.POST('/v1/integrations/{id}/rotate-secret', { params, body })));
      }),
  )
  .addCommand(
    apiCommand('delete', 'delete an integration with its subscriptions')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        await done(client.DELETE('/v1/integrations/{id}', { params: { path: { id }, query: scope } }));
        output.note(`Deleted ${id}.`);
      }),
  );
