import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/servers.mjs';
import { ROOT } from '../../support/node-process.ts';
import { useApi } from '../api/api.ts';

const api = useApi();
const folder = mkdtempSync(join(tmpdir(), 'passwire-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a person does, with its profiles in a folder of the test. */
async function passwire(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'cli/main.ts'), ...args], {
    env: { PATH: process.env.PATH, XDG_CONFIG_HOME: folder, TZ: 'UTC', ...env },
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

/** Runs a command with `--json` that must succeed. */
async function documents(args: readonly string[], input = ''): Promise<Record<string, never>[]> {
  const { code, out, err } = await passwire([...args, '--json'], input);
  if (code !== 0) throw new Error(`passwire ${args.join(' ')}: ${code}\n${err}`);
  const isList = out.startsWith('{"');
  return (isList ? out.trim().split('\n') : [out]).map((line) => JSON.parse(line));
}

let key: string;
beforeAll(async () => {
  ({ key } = await api().tenant());
});

describe('the command line', () => {
  test('logs in with the key from the standard input, and stores it where only its owner reads it', async () => {
    const wrong = await passwire(['login', api().origin], 'pwk_wrong\n');
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('unknown or revoked')]);
    const { code, err } = await passwire(['login', `${api().origin}/`, '--profile', 'local'], `${key}\n`);
    expect([code, err]).toEqual([0, `Logged in to ${api().origin} as profile "local".\n`]);
    const file = join(folder, 'passwire/profiles.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      current: 'local',
      profiles: { local: { url: api().origin, key } },
    });
    expect(await documents(['profiles'])).toEqual([{ name: 'local', current: true, url: api().origin, tenantId: null }]);
  });

  test('sets up a subscription, posts events and shows where they went', async () => {
    const fields = join(folder, 'fields.json');
    writeFileSync(fields, JSON.stringify({ fields: [{ key: 'points', label: 'Points', sample: '120' }] }));
    const [template] = await documents(['templates', 'create', 'Loyalty', '--external-id', 'loyalty', '--file', fields]);
    const [found] = await documents(['find', 'loyal']);
    expect(found).toMatchObject({ kind: 'template', id: template?.id });
    const nothing = await passwire(['find', '5xx']);
    expect([nothing.code, nothing.err]).toEqual([0, 'Try: passwire deliveries list --status 5xx\n']);
    expect(template).toMatchObject({ externalId: 'loyalty', fields: [{ key: 'points' }] });
    const options = ['--dialect', 'vibes', '--option', 'companyKey=acme', '--header', 'x-team=crm'];
    const made = await passwire(['integrations', 'create', 'CRM', ...options]);
    expect(made.out).toMatch(/secret \(webhook\) +whsec_/);
    expect(made.err).toContain('shown only now');
    const [integration] = await documents(['integrations', 'list']);
    expect(integration).toMatchObject({ dialect: 'vibes', options: { companyKey: 'acme' }, headers: { 'x-team': '***' } });
    const [subscription] = await documents([
      ...['subscriptions', 'create', 'http://127.0.0.1:9/hook', '--integration', integration?.id ?? ''],
      ...['--template', template?.id ?? '', '--trigger', 'pass.installed', '--rename', 'event_id=id', '--ordered'],
    ]);
    expect(subscription).toMatchObject({ mapping: { rename: { event_id: 'id' }, remove: [] }, ordering: 'pass' });

    const event = (id: string) => ({
      id,
      type: 'pass.installed',
      templateId: 'loyalty',
      occurredAt: '2026-05-04T09:30:00+02:00',
      pass: { id: `pass-${id}` },
      device: { platform: 'apple' },
    });
    const lines = [event('a'), event('b'), { ...event('c'), pass: {} }].map((one) => JSON.stringify(one)).join('\n');
    const posted = await passwire(['events', 'emit'], lines);
    expect([posted.code, posted.err]).toEqual([
      1,
      expect.stringMatching(/event 2: \/pass\/id: .*\n2 accepted, 1 refused\nSome events were refused/),
    ]);
    const deliveries = await documents(['deliveries', 'list', '--subscription', subscription?.id ?? '']);
    expect(deliveries.map(({ passId }) => passId)).toEqual(['pass-b', 'pass-a']);
    const table = await passwire(['deliveries', 'list', '--pass', 'pass-a']);
    expect(table.out).toMatch(/^delivery +state .*\ndlv_\S+ +\S+ +pass\.installed +pass-a /);
    expect(await passwire(['deliveries', 'list', '--pass', 'nobody'])).toEqual({
      code: 0,
      out: '',
      err: 'No delivery matches.\n',
    });
    const shown = await passwire(['deliveries', 'show', deliveries[0]?.id ?? '']);
    expect(shown.out).toMatch(/event +pass\.installed of pass pass-b \(evt_/);
    expect(shown.out).toMatch(
      /Not sent yet, and no attempt was used\..*\(Times are UTC\.\)\n\n- .{19} {2}accepted \(event\)/,
    );
    expect(shown.out).toMatch(/you can {2}replay fresh, cancel/);
    const proofFile = join(folder, 'proof.json');
    const target = ['--subscription', subscription?.id ?? '', '--out', proofFile];
    const proof = await passwire(['deliveries', 'proof', String(deliveries[0]?.eventId), ...target]);
    expect(proof.out).toMatch(
      /^Event evt_\S+ \(pass\.installed of pass pass-b\) was not delivered to http:.*no attempt was made\./,
    );
    expect([proof.code, proof.err]).toEqual([1, `Written to ${proofFile} and ${proofFile}.headers.\nNot delivered.\n`]);
    expect(readFileSync(`${proofFile}.headers`, 'utf8')).toMatch(
      /^webhook-id: proof_.*\nwebhook-timestamp: \d+\nwebhook-signature: v1,/,
    );
    expect(JSON.parse(readFileSync(proofFile, 'utf8'))).toMatchObject({ type: 'passwire.proof', delivered: false });
    const checked = await passwire(['endpoints', 'check', 'http://127.0.0.1:9/hook', '--trigger', 'pass.installed']);
    expect(checked.out).toMatch(/allowed +yes\n(.*\n)*sends already +pass\.installed \(CRM\)/);
    expect([checked.code, checked.err]).toEqual([1, expect.stringMatching(/^The connection failed \(connect\)/)]);
    const cancelled = await passwire(['deliveries', 'cancel', deliveries[0]?.id ?? '']);
    expect(cancelled.out).toMatch(/state +cancelled/);
    expect((await passwire(['subscriptions', 'disable', subscription?.id ?? ''])).out).toMatch(/disabled: requested/);
    expect((await passwire(['subscriptions', 'delete', subscription?.id ?? ''])).err).toMatch(/^Deleted sub_/);
  });

  test.each([
    [2, 'an unknown option', ['deliveries', 'list', '--sate', 'dead'], /unknown option '--sate'.*--state/s],
    [2, 'a state that does not exist', ['deliveries', 'list', '--state', 'gone'], /Allowed choices are pending/],
    [
      2,
      'a file that is not there',
      ['templates', 'update', 'tpl_x', '--file', '/nowhere.json'],
      /nowhere\.json cannot be read/,
    ],
    [
      1,
      'input that the API refuses',
      ['integrations', 'create', 'CRM', '--dialect', 'fax'],
      /\/dialect: .*\(422, invalid-input/s,
    ],
    [
      3,
      'a call that the role does not allow',
      ['tenants', 'create', 'Mine'],
      /role tenant does not allow.*\(403, forbidden/s,
    ],
    [
      4,
      'what is not there',
      ['templates', 'show', `tpl_${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`],
      /\(404, not-found/,
    ],
  ])('exits with %i for %s, and says why', async (code, _what, args, message) => {
    expect(await passwire(args)).toEqual({ code, out: '', err: expect.stringMatching(message) });
  });

  test('exits with 5 while the API does not answer', async () => {
    const env = { PASSWIRE_URL: `http://127.0.0.1:${await freePort()}`, PASSWIRE_KEY: key };
    const { code, err } = await passwire(['deliveries', 'list'], '', env);
    expect([code, err]).toEqual([5, expect.stringMatching(/^The API does not answer: .*ECONNREFUSED/)]);
  });

  test('counts what is stored about a pass, and erases it only when that is said to be meant', async () => {
    const pass = ['--pass', '7Hq2vXk0'];
    expect(await documents(['erasures', 'start', ...pass, '--dry-run'])).toMatchObject([
      { passes: 1, complete: true, counts: { deliveries: 0 } },
    ]);
    const unsure = await passwire(['erasures', 'start', ...pass]);
    expect([unsure.code, unsure.err]).toEqual([1, expect.stringContaining('add --yes')]);
    expect((await passwire(['erasures', 'start'])).err).toContain('Name the pass');
    const [started] = await documents(['erasures', 'start', ...pass, '--yes', '--no-watch']);
    expect(started).toMatchObject({ subject: 'passId', state: 'running' });
    const { out } = await passwire(['erasures', 'show', String(started?.id)]);
    expect(out).toMatch(/state +running/);
    expect(out).not.toContain('7Hq2vXk0');
    expect(await documents(['erasures', 'list', ...pass])).toMatchObject([{ id: started?.id }]);
  });

  test('exports a list to a file, and goes on with what was cut off', async () => {
    for (let n = 0; n < 7; n++) await documents(['templates', 'create', `Export ${n}`]);
    const file = join(folder, 'templates.ndjson');
    const args = ['export', 'templates', '--filter', 'q=Export', '--output', file];
    const whole = await passwire(args);
    expect([whole.code, whole.err]).toEqual([0, `7 lines written to ${file}\n`]);
    const text = readFileSync(file, 'utf8');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `Export ${n}`));

    // in the middle of the fourth line, and before the first one has ended
    const third = text.split('\n').slice(0, 3).join('\n').length + 1;
    for (const [kept, lines] of [
      [third + 20, 4],
      [third, 4],
      [10, 7],
    ] as const) {
      writeFileSync(file, text.slice(0, kept));
      const resumed = await passwire([...args, '--resume']);
      expect([resumed.code, resumed.err]).toEqual([0, `${lines} lines written to ${file}\n`]);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  test('exports to the standard output, and says what is wrong before it writes', async () => {
    const { code, out } = await passwire(['export', 'templates', '--format', 'csv', '--filter', 'q=Export 6']);
    expect([code, out.split('\n').length, out]).toEqual([0, 3, expect.stringContaining('"Export 6"'.slice(1, -1))]);
    const file = join(folder, 'there.ndjson');
    writeFileSync(file, 'no export\n');
    const args = ['export', 'templates', '--output', file];
    expect(await passwire(args)).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
    expect(await passwire([...args, '--resume'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be resumed'),
    });
    expect(await passwire([...args, '--resume', '--format', 'csv'])).toMatchObject({ code: 2 });
    const wrong = await passwire(['export', 'templates', '--filter', 'color=red']);
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toContain('color');
  });

  test('completes commands and options', async () => {
    expect((await passwire(['complete', 'bash'])).out).toContain('passwire');
    expect((await passwire(['complete', '--', 'deliv'])).out).toContain('deliveries');
  });
});

test('docs/cli.md shows commands and options that exist', async () => {
  const fences = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs);
  const commands = [...fences].flatMap(([, lines = '']) =>
    [...lines.matchAll(/npx passwire ([^|#\n)]+)/g)].map(([, args = '']) => args),
  );
  expect(commands.length).toBeGreaterThan(12);
  const helps = new Map<string, string>();
  for (const command of commands) {
    const words = command.trim().split(/\s+/);
    const path = words.slice(0, words.findIndex((word) => !/^[a-z]+(-[a-z]+)*$/.test(word)) >>> 0).slice(0, 2);
    const name = ['login', 'profiles', 'verify', 'find', 'export'].includes(path[0] ?? '') ? path.slice(0, 1) : path;
    const key = name.join(' ');
    if (!helps.has(key)) helps.set(key, (await passwire([...name, '--help'])).out);
    expect(helps.get(key)).toContain(`Usage: passwire ${key}`);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(helps.get(key)).toContain(option);
  }
});
