import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

// The manuals are compared with the code, and the README's first request is sent for real.

const ROOT = join(import.meta.dirname, '../..');
const MANUALS = [
  'README.md',
  'docs/api.md',
  'docs/cli.md',
  'docs/configuration.md',
  'docs/dialects.md',
  'docs/events.md',
  'docs/filters.md',
  'docs/mapping.md',
  'docs/operations.md',
  'docs/receivers.md',
  'docs/architecture.md',
  'docs/decisions/README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
] as const;

const passwire = usePasswire();

describe('README.md', () => {
  const readme = read('README.md');

  it('leads from the admin key to a delivered event', async () => {
    const { api, env, receiver } = passwire();
    const { output, errors } = await bash(onlyFence(readme, 'bash'), {
      ADMIN_KEY: env.ADMIN_KEY ?? '',
      API: api.url,
      RECEIVER: receiver.url('/hooks'),
    });
    expect({ output, errors }).toEqual({ output: fences(readme, 'text').at(-1), errors: '' });
    const received = receiver.at('/hooks').map((request) => request.text);
    const shown = output.split('\n').find((line) => line.includes('{')) ?? '';
    expect(received).toEqual([shown.slice(shown.indexOf('{'))]);
  });

  it('is short', () => {
    expect(readme.split('\n').length - 1).toBeLessThanOrEqual(110);
  });
});

describe.each(MANUALS)('%s', (file) => {
  const manual = read(file);

  it('names npm scripts that run something that exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...manual.matchAll(/npm (?:run ([a-z:]+)|(test|start))/g)].map(([, name, own = '']) => name ?? own);
    const broken = named.filter((name) => {
      const command = scripts[name];
      const program = /\S+\.m?[jt]s/.exec(command ?? '')?.[0];
      return command === undefined || (program !== undefined && !existsSync(join(ROOT, program)));
    });
    expect(broken).toEqual([]);
  });

  it('names paths that exist', () => {
    const links = [...manual.matchAll(/\]\((?!https?:)([^)#]*)/g)].map(([, path = '']) => join(dirname(file), path));
    const folders = 'src|workers|prisma|scripts|test|docs';
    const paths = [...manual.matchAll(new RegExp(`\\b(?:${folders})/[\\w./-]+[\\w]`, 'g'))].map(([path]) => path);
    const quoted = [...manual.matchAll(/`([\w-]+\.(?:ya?ml|json|md)|Dockerfile)`/g)].map(([, path = '']) => path);
    const inCode = codes(manual).filter((code) => new RegExp(`^(?:${folders})$`).test(code));
    const missing = [...links, ...paths, ...quoted, ...inCode].filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });
});

/** Runs a script as a reader would, by a shell with nothing but these variables; throws when it fails. */
async function bash(script: string, env: Record<string, string> = {}): Promise<{ output: string; errors: string }> {
  const { PATH = '' } = process.env;
  const shell = spawn('bash', ['-e', '-c', script], {
    cwd: ROOT,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 150_000,
  });
  const [output, errors, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  if (code !== 0) throw new Error(`the script ended with ${code}\n${output}\n${errors}`);
  return { output, errors };
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The fenced blocks of a language, without their fences. */
function fences(manual: string, language: string): string[] {
  return [...manual.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
}

function onlyFence(manual: string, language: string): string {
  const [code, ...others] = fences(manual, language);
  if (code === undefined || others.length > 0) throw new Error(`there must be one block of ${language}`);
  return code;
}

/** What stands between backticks on one line. */
function codes(manual: string): string[] {
  return [...manual.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}
