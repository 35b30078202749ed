import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../scripts/servers.mjs';
import type { MessageId, SecretId } from '../../src/domain/id.ts';
import { generateSecret, webhookHeaders, webhookSigner } from '../../src/domain/signing.ts';
import { fencesOf, readManual } from '../support/manual.ts';

// The receivers of docs/receivers/handler.md, against messages signed by what signs the real ones.

const COMMANDS: Readonly<Record<string, readonly [string, string]>> = {
  js: [process.execPath, 'handler.mjs'],
  python: ['python3', 'handler.py'],
};
const { value: secret } = generateSecret('webhook');
const signer = webhookSigner({ id: 'sec_1' as SecretId, kind: 'webhook', value: secret });

let root = '';
let running: ChildProcess | undefined;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'handler-'));
});
afterEach(() => running?.kill('SIGKILL'));
afterAll(() => rmSync(root, { recursive: true }));

async function start(folder: string, [command, file]: readonly [string, string]) {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), INBOX: join(folder, 'inbox.db'), WEBHOOK_SECRET: secret };
  const child = spawn(command, [join(folder, file)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const lines = () => output.split('\n').filter((line) => line.startsWith('handled'));
  await expect.poll(() => output || errors, { timeout: 60_000 }).toContain('listening');
  return { url: `http://127.0.0.1:${port}/`, lines, kill: () => child.kill('SIGKILL') };
}

function message(id: string, body: string): Record<string, string> {
  return webhookHeaders([signer], id as MessageId, Math.floor(Date.now() / 1000), body);
}

test.each(fencesOf(readManual('receivers/handler.md')))(
  'in $language: once each, at once, and again after a crash',
  async ({ language, subject, code }) => {
    expect(subject).toBe('handler');
    const command = COMMANDS[language];
    if (!command) throw new Error(`nothing runs ${language}`);
    const folder = mkdtempSync(join(root, `${language}-`));
    writeFileSync(join(folder, command[1]), code);
    const receiver = await start(folder, command);
    const post = async (headers: Record<string, string>, body: string, to = receiver.url) =>
      (await fetch(to, { method: 'POST', headers, body })).status;

    const first = message('msg_1', '{"n":1}');
    expect(await post(first, '{"n":1}')).toBe(200);
    expect(await post(first, '{"n":1}')).toBe(200);
    expect(await post(first, '{"n":2}')).toBe(401);
    expect(await post({ ...first, 'webhook-id': 'msg_3' }, '{"n":1}')).toBe(401);
    expect(await post({}, '{}')).toBe(401);
    expect(await post(message('msg_2', '"ä"'), '"ä"')).toBe(200);
    await expect.poll(receiver.lines, { timeout: 60_000 }).toEqual(['handled msg_1 {"n":1}', 'handled msg_2 "ä"']);

    receiver.kill();
    const next = await start(folder, command);
    expect(await post(first, '{"n":1}', next.url)).toBe(200);
    expect(await post(message('msg_4', '4'), '4', next.url)).toBe(200);
    await expect.poll(next.lines, { timeout: 60_000 }).toEqual(['handled msg_4 4']);
  },
);
