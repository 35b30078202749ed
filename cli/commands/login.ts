import { Command } from '@commander-js/extra-typings';
import { password } from '@inquirer/prompts';
import { createClient } from '../../client/index.ts';
import { outputOf } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { readInput } from '../input.ts';
import type { Column } from '../output.ts';
import { type Profile, profilesFile, readProfiles, writeProfiles } from '../profiles.ts';
import { dataOf } from '../session.ts';

export const login = new Command('login')
  .description('remember an installation and a key')
  .argument('<url>', 'where the API is served: https://passwire.example.com')
  .option('--profile <name>', 'the name to remember it by', 'default')
  .option('--tenant <id>', 'the tenant that commands are about, for keys that are bound to none')
  .addHelpText(
    'after',
    '\nThe key is asked for, or read from the standard input; never give it as an argument, where every\nprocess can see it. It is stored in a file that only you can read.',
  )
  .action(async (url, { profile: name, tenant }) => {
    if (!URL.canParse(url)) throw new CommandFailed(`${url} is not a URL: https://passwire.example.com`, EXIT.usage);
    const key = process.stdin.isTTY ? await password({ message: 'API key:', mask: true }) : (await readInput('-')).trim();
    if (!key) throw new CommandFailed('The standard input has no key.', EXIT.usage);
    const profile: Profile = { url: url.replace(/\/+$/, ''), key, ...(tenant && { tenantId: tenant }) };
    await dataOf(createClient(profile.url, key).GET('/v1/dialects')); // every role may
    const file = profilesFile(process.env);
    const { profiles } = readProfiles(file);
    writeProfiles(file, { current: name, profiles: { ...profiles, [name]: profile } });
    outputOf({}).note(`Logged in to ${profile.url} as profile "${name}".`);
  });

export const logout = new Command('logout')
  .description('forget a profile')
  .argument('[profile]', 'its name', 'default')
  .action((name) => {
    const file = profilesFile(process.env);
    const { current, profiles } = readProfiles(file);
    if (!profiles[name]) throw new CommandFailed(`There is no profile "${name}".`, EXIT.usage);
    const { [name]: _forgotten, ...rest } = profiles;
    writeProfiles(file, { current: current === name ? (Object.keys(rest)[0] ?? 'default') : current, profiles: rest });
    outputOf({}).note(`Forgot the profile "${name}". Its key is still valid; revoke it with \`passwire keys revoke\`.`);
  });

interface Named {
  readonly name: string;
  readonly current: boolean;
  readonly url: string;
  readonly tenantId: string | null;
}

const columns: readonly Column<Named>[] = [
  ['', ({ current }) => (current ? '*' : '')],
  ['profile', ({ name }) => name],
  ['url', ({ url }) => url],
  ['tenant', ({ tenantId }) => tenantId],
];

export const profiles = new Command('profiles')
  .description('list the profiles, or choose the current one')
  .argument('[use]', 'the profile that becomes the current one')
  .option('--json', 'one JSON document a line')
  .action(async (use, options) => {
    const file = profilesFile(process.env);
    const stored = readProfiles(file);
    if (use !== undefined && !stored.profiles[use]) throw new CommandFailed(`There is no profile "${use}".`, EXIT.usage);
    const current = use ?? stored.current;
    if (use !== undefined) writeProfiles(file, { ...stored, current });
    const named = Object.entries(stored.profiles).map(
      ([name, { url, tenantId }]): Named => ({ name, current: name === current, url, tenantId: tenantId ?? null }),
    );
    await outputOf(options).rows(iterate(named), columns, 'No profile yet: passwire login <url>');
  });

async function* iterate<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}
