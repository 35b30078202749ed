import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentSchema, readConfig, withoutSecrets } from '../../../src/config.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MANUAL = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
const KEY = Buffer.alloc(32).toString('base64');
const REQUIRED = {
  DATABASE_URL: 'postgres://127.0.0.1/passwire',
  REDIS_URL: 'redis://127.0.0.1',
  ENCRYPTION_KEYS: `k1:${KEY}`,
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rows of the table: variable, default, meaning, bounds. */
const rows = MANUAL.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.slice(2, -2).split(' | '));

describe('docs/configuration.md', () => {
  test('is what npm run docs writes', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { docs: string } };
    const [, script = ''] = scripts.docs.split(' ');
    const file = join(folder, 'configuration.md');
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, script), file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(MANUAL).toBe(readFileSync(file, 'utf8'));
  });

  test('lists every variable once', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(environmentSchema.shape).map((name) => `\`${name}\``));
  });

  test('has the defaults that a process has', () => {
    const defaults = rows.flatMap(([name = '', value = '']) =>
      value.startsWith('`') ? [[plain(name), plain(value)]] : [],
    );
    expect(defaults.length).toBeGreaterThan(8);
    expect(readConfig({ ...REQUIRED, ...Object.fromEntries(defaults) })).toEqual(readConfig(REQUIRED));
    const required = rows.filter(([, value]) => value === 'required').map(([name = '']) => plain(name));
    expect(required).toEqual(Object.keys(REQUIRED));
    for (const name of required) expect(() => readConfig({ ...REQUIRED, [name]: undefined })).toThrow(`  ${name}: `);
  });

  const ranges = rows.flatMap(([name = '', , , bounds = '']) => {
    const [, from = '', to = ''] = /^whole number, ([\d,]+) to ([\d,]+)$/.exec(bounds) ?? [];
    return from === '' ? [] : [[plain(name), number(from), number(to)] as const];
  });

  test('has ranges of whole numbers', () => {
    expect(ranges.length).toBeGreaterThan(5);
  });

  test.each(ranges)('%s takes %i to %i, and nothing beyond', (name, from, to) => {
    const read = (value: number) => () => readConfig({ ...REQUIRED, [name]: String(value) });
    expect(read(from)).not.toThrow();
    expect(read(to)).not.toThrow();
    expect(read(from - 1)).toThrow(`${name}: must be at least ${from}`);
    expect(read(to + 1)).toThrow(`${name}: must be at most ${to}`);
  });
});

const KEYS_FORM = 'must be <id>:<base64 of 32 bytes>, several separated by commas, the current one first';

test.each<readonly [name: string, value: string | undefined, detail: string]>([
  ['DATABASE_URL', undefined, 'is required, as text'],
  ['REDIS_URL', '', 'is required, as text'],
  ['DATABASE_URL', 'mysql://x/y', 'must be a postgres:// URL'],
  ['REDIS_URL', 'http://x', 'must be a redis:// URL'],
  ['ENCRYPTION_KEYS', undefined, 'is required, as text'],
  ['ENCRYPTION_KEYS', 'k1:abc', KEYS_FORM],
  ['ENCRYPTION_KEYS', `:${KEY}`, KEYS_FORM],
  ['ENCRYPTION_KEYS', `k1:${KEY},`, KEYS_FORM],
  ['ENCRYPTION_KEYS', `k1:${KEY}:k2`, KEYS_FORM],
  ['ENCRYPTION_KEYS', `k1:${KEY},k1:${KEY}`, 'must have each key id once, but has "k1" twice'],
  ['ADMIN_KEY', 'short', 'must have at least 32 characters'],
  ['DATABASE_POOL', '1.5', 'must be a whole number'],
  ['DATABASE_POOL', 'many', 'must be a number'],
  ['ALLOW_HTTP', 'yes', 'must be one of true, false'],
  ['RETENTION_DAYS', '0', 'must be at least 1'],
  ['DISABLE_AFTER_HOURS', '0', 'must be more than 0'],
  ['DISABLE_AFTER_HOURS', '8761', 'must be at most 8760'],
  ...['nonsense', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/8/8', '::1%lo'].map(
    (network) =>
      [
        'ALLOWED_PRIVATE_NETWORKS',
        `127.0.0.0/8, ${network}`,
        `must be networks such as 10.0.0.0/8 or fd00::/8, which "${network}" is not`,
      ] as const,
  ),
  ['LOG_LEVEL', 'verbose', 'must be one of trace, debug, info, warn, error, fatal, silent'],
])('%s = %j is refused: %s', (name, value, detail) => {
  expect(() => readConfig({ ...REQUIRED, [name]: value })).toThrow(
    new Error(`Invalid environment variables:\n  ${name}: ${detail}`),
  );
});

test('an empty variable counts as absent', () => {
  const names = Object.keys(environmentSchema.shape).filter((name) => !(name in REQUIRED));
  const empty = Object.fromEntries(names.map((name) => [name, '']));
  expect(readConfig({ ...REQUIRED, ...empty })).toEqual(readConfig(REQUIRED));
});

test('dead letters are kept at least as long as what they are about', () => {
  const config = { ...REQUIRED, RETENTION_DAYS: '30', RETENTION_DEAD_LETTER_DAYS: '29' };
  expect(() => readConfig(config)).toThrow(/RETENTION_DEAD_LETTER_DAYS: must be at least RETENTION_DAYS$/);
  expect(readConfig({ ...config, RETENTION_DEAD_LETTER_DAYS: '30' }).retention).toEqual({ days: 30, deadLetterDays: 30 });
  expect(readConfig({ ...config, RETENTION_DEAD_LETTER_DAYS: '' }).retention.deadLetterDays).toBeUndefined();
});

test('every wrong variable is reported at once', () => {
  expect(() => readConfig({ ...REQUIRED, PORT: '65536', ALLOW_HTTP: '1' })).toThrow(
    /variables:\n {2}PORT: must be at most 65535\n {2}ALLOW_HTTP: must be one of true, false$/,
  );
});

test('settings are logged without passwords and keys', () => {
  const config = readConfig({
    ...REQUIRED,
    DATABASE_URL: 'postgres://user:secret-1@db:5432/passwire?sslmode=verify-full&password=secret-2',
    REDIS_URL: 'rediss://user:secret-3@redis:6379/0',
    ADMIN_KEY: `secret-4${'x'.repeat(32)}`,
  });
  const shown = withoutSecrets(config);
  expect(shown).toMatchObject({
    database: { url: 'postgres://user:***@db:5432/passwire?sslmode=verify-full&password=***', poolSize: 10 },
    redis: { url: 'rediss://user:***@redis:6379/0', prefix: '{passwire}' },
    encryptionKeys: ['k1'],
    adminKey: 'set',
  });
  expect(JSON.stringify(shown)).not.toMatch(/secret-\d/);
  expect(JSON.stringify(shown)).not.toContain(KEY);
});

function plain(cell: string): string {
  return cell.replaceAll('`', '');
}

function number(text: string): number {
  return Number(text.replaceAll(',', ''));
}
