import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CommandFailed, EXIT } from './exit.ts';

/** One installation and a key for it. */
const profileSchema = z.strictObject({
  /** Where the API is served, without `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  key: z.string().min(1),
  /** The tenant that commands are about, for keys that are bound to none. */
  tenantId: z.string().optional(),
});
export type Profile = z.infer<typeof profileSchema>;

const profilesSchema = z.strictObject({ current: z.string(), profiles: z.record(z.string(), profileSchema) });
export type Profiles = z.infer<typeof profilesSchema>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** `PASSWIRE_PROFILES`, else `passwire/profiles.json` where the system keeps configuration. */
export function profilesFile(env: Environment): string {
  const folder = env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return env.PASSWIRE_PROFILES || join(folder, 'passwire', 'profiles.json');
}

/** Empty when there is no file yet. @throws CommandFailed when the file is not one of ours */
export function readProfiles(file: string): Profiles {
  const text = readIfThere(file);
  if (text === undefined) return { current: 'default', profiles: {} };
  try {
    return profilesSchema.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new CommandFailed(`${file} cannot be read: ${detail}\nCorrect it, or delete it and log in again.`, EXIT.usage);
  }
}

/** Readable by its owner only; written whole or not at all. */
export function writeProfiles(file: string, profiles: Profiles): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CommandFailed(`${file} cannot be read: ${String(error)}`);
  }
}
