import { Command } from '@commander-js/extra-typings';
import { audit } from './commands/audit.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { deliveries } from './commands/deliveries.ts';
import { dialects } from './commands/dialects.ts';
import { endpoints } from './commands/endpoints.ts';
import { erasures } from './commands/erasures.ts';
import { events } from './commands/events.ts';
import { exporting } from './commands/export.ts';
import { find } from './commands/find.ts';
import { integrations } from './commands/integrations.ts';
import { keys } from './commands/keys.ts';
import { listen } from './commands/listen.ts';
import { login, logout, profiles } from './commands/login.ts';
import { replays } from './commands/replays.ts';
import { stats } from './commands/stats.ts';
import { subscriptions } from './commands/subscriptions.ts';
import { tail } from './commands/tail.ts';
import { templates } from './commands/templates.ts';
import { tenants } from './commands/tenants.ts';
import { verify } from './commands/verify.ts';
import { workers } from './commands/workers.ts';

const HELP = `
Begin with \`passwire login https://passwire.example.com\`; scripts set PASSWIRE_URL and PASSWIRE_KEY instead.
Every command explains itself: \`passwire deliveries list --help\`.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not logged in or not allowed, 4 not found, 5 unavailable (try again).`;

/** The command line: `passwire <what> <do>`. */
export function createProgram(version: string): Command {
  const program = new Command('passwire')
    .description('Find, explain, repeat and set up pass webhooks from the command line.')
    .version(version)
    .addHelpText('after', HELP)
    .showHelpAfterError('(add --help for what there is)');
  program.addCommand(login).addCommand(logout).addCommand(profiles);
  program
    .addCommand(find)
    .addCommand(exporting)
    .addCommand(events)
    .addCommand(deliveries)
    .addCommand(deadLetters)
    .addCommand(replays)
    .addCommand(erasures)
    .addCommand(endpoints)
    .addCommand(stats)
    .addCommand(workers)
    .addCommand(tail);
  program
    .addCommand(templates)
    .addCommand(integrations)
    .addCommand(subscriptions)
    .addCommand(tenants)
    .addCommand(keys)
    .addCommand(audit);
  program.addCommand(dialects).addCommand(verify).addCommand(listen);
  return program;
}
