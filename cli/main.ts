#!/usr/bin/env node
import completion from '@bomb.sh/tab/commander';
import { type Command, CommanderError } from 'commander';
import passwire from '../package.json' with { type: 'json' };
import { CommandFailed, EXIT } from './exit.ts';
import { createProgram } from './program.ts';

process.exitCode = await run(process.argv);

async function run(argv: readonly string[]): Promise<number> {
  const program = createProgram(passwire.version) as unknown as Command;
  completion(program);
  throwInsteadOfExit(program);
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage; // it has told why
    if (!(error instanceof CommandFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

/** So that wrong usage has an exit code of its own. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const one of command.commands) throwInsteadOfExit(one);
}
