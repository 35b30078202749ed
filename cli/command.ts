import { Command } from '@commander-js/extra-typings';
import { createOutput, type Output } from './output.ts';
import { allOption, limitOption } from './pages.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** A command that calls the API, with the options that all of those have. */
export function apiCommand<Name extends string>(name: Name, description: string) {
  return new Command(name)
    .description(description)
    .option('--profile <name>', 'the profile to use, instead of the current one')
    .option('--tenant <id>', 'the tenant, for keys that are bound to none')
    .option('--json', 'answers for machines: JSON, one document a line in lists');
}

/** A command that prints a list, newest first. */
export function listCommand(description: string) {
  return apiCommand('list', description).addOption(limitOption).addOption(allOption);
}

/** A command with commands below it. */
export function group(name: string, description: string): Command {
  return new Command(name).description(description);
}

export interface CommandContext extends Session {
  readonly output: Output;
}

/** Opens the session of a command from its options. @throws CommandFailed */
export function contextOf(options: SessionOptions & { readonly json?: true | undefined }): CommandContext {
  return { ...openSession(options, process.env), output: outputOf(options) };
}

export function outputOf({ json }: { readonly json?: true | undefined }): Output {
  return createOutput({ out: process.stdout, err: process.stderr }, json === true);
}
