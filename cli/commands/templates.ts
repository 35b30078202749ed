import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf, group, listCommand } from '../command.ts';
import { readObject } from '../input.ts';
import { type Column, localTime } from '../output.ts';
import { nameOption, type PageOf, rowsOf } from '../pages.ts';
import { dataOf, done } from '../session.ts';

type Template = Schemas['Template'];

const columns: readonly Column<Template>[] = [
  ['template', ({ id }) => id],
  ['name', ({ name }) => name],
  ['external id', ({ externalId }) => externalId],
  ['fields', ({ fields }) => fields.length],
  ['changed', ({ updatedAt }) => localTime(updatedAt)],
];

function linesOf({ id, name, externalId, passType, fields }: Template) {
  return [
    ['template', id],
    ['name', name],
    ['external id', externalId],
    ['pass type', passType],
    ['fields', fields.map(({ key, type }) => `${key} (${type})`).join(', ') || 'none'],
  ] as const;
}

export const templates = group('templates', 'kinds of passes and the fields they carry')
  .addCommand(
    listCommand('list templates, newest first')
      .addOption(nameOption)
      .action(async ({ name, ...options }) => {
        const { client, output, scope } = contextOf(options);
        const named = name === undefined ? {} : { q: name };
        const page = (query: PageOf) =>
          dataOf(client.GET('/v1/templates', { params: { query: { ...scope, ...named, ...query } } }));
        await output.rows(rowsOf(options, page), columns, 'No template.');
      }),
  )
  .addCommand(
    apiCommand('show', 'show a template')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const template = await dataOf(client.GET('/v1/templates/{id}', { params: { path: { id }, query: scope } }));
        output.object(template, linesOf(template));
      }),
  )
  .addCommand(
    apiCommand('create', 'create a template')
      .argument('<name>')
      .option('--external-id <id>', 'the id by which the pass platform knows it')
      .option('-f, --file <file>', 'a JSON object with further members, such as `fields`; - for the standard input')
      .action(async (name, options) => {
        const { client, output, scope } = contextOf(options);
        const more = options.file === undefined ? {} : await readObject(options.file);
        const body = { ...more, name, ...(options.externalId && { externalId: options.externalId }) };
        const template = await dataOf(client.POST('/v1/templates', { params: { query: scope }, body }));
        output.object(template, linesOf(template));
      }),
  )
  .addCommand(
    apiCommand('update', 'change the members that a JSON object names')
      .argument('<id>')
      .requiredOption('-f, --file <file>', 'the object; - for the standard input')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        const body = await readObject(options.file);
        const template = await dataOf(client.PATCH('/v1/templates/{id}', { params: { path: { id }, query: scope }, body }));
        output.object(template, linesOf(template));
      }),
  )
  .addCommand(
    apiCommand('delete', 'delete a template with its subscriptions')
      .argument('<id>')
      .action(async (id, options) => {
        const { client, output, scope } = contextOf(options);
        await done(client.DELETE('/v1/templates/{id}', { params: { path: { id }, query: scope } }));
        output.note(`Deleted ${id}.`);
      }),
  );
