import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passcreator } from '../../src/dialects/passcreator.ts';
import { passentry } from '../../src/dialects/passentry.ts';
import { object, serialise } from '../../src/domain/body.ts';
import type { MessageId, SecretId } from '../../src/domain/id.ts';
import { generateSecret, type SecretKind, webhookHeaders, webhookSigner } from '../../src/domain/signing.ts';

// Every program of docs/receivers.md is run against messages signed by what signs the real ones.

interface Snippet {
  readonly language: string;
  /** The second word of the fence: which signature the program checks. */
  readonly subject: string;
  readonly code: string;
}

/** A message as a receiver has it: the environment of a program, and the body's bytes. */
interface Message {
  readonly env: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Subject {
  readonly genuine: Readonly<Record<string, Message>>;
  readonly forged: Readonly<Record<string, Message>>;
  /** Refused as well, but the program may do so by an exception. */
  readonly malformed?: Readonly<Record<string, Message>>;
}

const BODY = serialise(
  object([
    ['name', 'Jörg "€" 😀\n'],
    ['id', 'a.b'],
  ]),
);
const ID = 'msg_2Lkq.1' as MessageId;
const INTERPRETERS: Readonly<Record<string, readonly [string, string]>> = {
  js: [process.execPath, 'verify.mjs'],
  python: ['python3', 'verify.py'],
  sh: ['sh', 'verify.sh'],
};

const snippets = readSnippets(new URL('../../docs/receivers.md', import.meta.url));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const SUBJECTS: Readonly<Record<string, Subject>> = {
  v1: standard('webhook'),
  v1a: standard('webhook-ed25519'),
  passentry: passEntry(),
  passcreator: passCreator(),
};

it('has a program in every language for every signature, and no program that is not run', () => {
  const found = snippets.map(({ language, subject }) => `${language} ${subject}`);
  const wanted = Object.keys(SUBJECTS).flatMap((subject) =>
    Object.keys(INTERPRETERS).map((language) => `${language} ${subject}`),
  );
  expect(found.toSorted()).toEqual(wanted.toSorted());
});

describe.each(snippets)('docs/receivers.md: $subject in $language', ({ language, subject, code }) => {
  const { genuine = {}, forged = {}, malformed = {} } = SUBJECTS[subject] ?? {};

  it.each(Object.entries(genuine))('accepts %s', (_, message) => {
    expect(run(language, code, message)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(Object.entries(forged))('rejects %s', (_, message) => {
    expect(run(language, code, message)).toEqual({ status: 1, stdout: '', stderr: '' });
  });

  it.for(Object.entries(malformed))('rejects %s', ([, message]) => {
    expect(run(language, code, message)).toMatchObject({ status: 1, stdout: '' });
  });
});

function run(language: string, code: string, { env, body }: Message) {
  const [command = '', file = ''] = INTERPRETERS[language] ?? [];
  const bodyFile = join(folder, 'body');
  writeFileSync(bodyFile, body);
  writeFileSync(join(folder, file), code);
  const { status, stdout, stderr } = spawnSync(command, [file], {
    cwd: folder,
    env: { PATH: process.env.PATH, BODY_FILE: bodyFile, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function readSnippets(path: URL): readonly Snippet[] {
  const fences = readFileSync(path, 'utf8').matchAll(/^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, language = '', subject = '', code = '']) => ({ language, subject, code }));
}

function secretOf(kind: SecretKind) {
  const { value, publicKey = '' } = generateSecret(kind);
  return { secret: { id: `sec_${kind}` as SecretId, kind, value }, publicKey };
}

function standard(kind: 'webhook' | 'webhook-ed25519'): Subject {
  const current = secretOf(kind);
  const old = secretOf(kind);
  const other = secretOf(kind === 'webhook' ? 'webhook-ed25519' : 'webhook');
  const nowS = Math.floor(Date.now() / 1000);
  function message(
    signedBy: readonly (typeof current)[],
    timestampS = nowS,
    changes: Record<string, string> = {},
    body = BODY,
  ): Message {
    const signers = signedBy.map(({ secret }) => webhookSigner(secret));
    const headers = webhookHeaders(signers, ID, timestampS, BODY);
    const env = {
      WEBHOOK_ID: headers['webhook-id'] ?? '',
      WEBHOOK_TIMESTAMP: headers['webhook-timestamp'] ?? '',
      WEBHOOK_SIGNATURE: headers['webhook-signature'] ?? '',
      WEBHOOK_SECRET: current.secret.value,
      WEBHOOK_PUBLIC_KEY: current.publicKey,
    };
    return { env: { ...env, ...changes }, body };
  }
  return {
    genuine: {
      'a message': message([current]),
      'a message of four minutes ago': message([current], nowS - 240),
      'a message signed during a rotation': message([old, current]),
      'a message with a signature of another kind before': message([other, current]),
    },
    forged: {
      'another body': message([current], nowS, {}, BODY.replace('Jörg', 'Jürg')),
      'the body printed anew': message([current], nowS, {}, JSON.stringify(JSON.parse(BODY), null, 1)),
      'another id': message([current], nowS, { WEBHOOK_ID: 'msg_other' }),
      'another timestamp': message([current], nowS - 100, { WEBHOOK_TIMESTAMP: String(nowS) }),
      'a message of ten minutes ago': message([current], nowS - 600),
      'a message of the future': message([current], nowS + 600),
      'the signature of another secret': message([old]),
      'a signature of another kind': message([other]),
      'a signature cut off': message([current], nowS, { WEBHOOK_SIGNATURE: 'v1,abcd v1a,abcd' }),
      'a signature that is not base64': message([current], nowS, { WEBHOOK_SIGNATURE: 'v1,*a v1a,*a v1 v1a ,' }),
      'no signature': message([], nowS),
      'no timestamp': message([current], nowS, { WEBHOOK_TIMESTAMP: '' }),
      'a timestamp that is a program': message([current], nowS, { WEBHOOK_TIMESTAMP: 'a[$(echo 1 >&2)]' }),
    },
  };
}

function passEntry(): Subject {
  const { secret } = secretOf('passentry');
  const signed = (encoding: 'hex' | 'base64', body: string, changes: Record<string, string> = {}): Message => {
    const options = passentry.options.parse({ signatureEncoding: encoding });
    const headers = passentry.headerSigner?.(options, [secret])?.(BODY) ?? {};
    const env = { X_WEBHOOK_SIGNATURE: headers['X-Webhook-Signature'] ?? '', WEBHOOK_SECRET: secret.value };
    return { env: { ...env, ...changes }, body };
  };
  return {
    genuine: { 'a message': signed('hex', BODY), 'a message signed in base64': signed('base64', BODY) },
    forged: {
      'another body': signed('hex', BODY.replace('Jörg', 'Jürg')),
      'another body, in base64': signed('base64', `${BODY} `),
      'the signature of another secret': signed('hex', BODY, { WEBHOOK_SECRET: 'f'.repeat(40) }),
      'no signature': signed('hex', BODY, { X_WEBHOOK_SIGNATURE: '' }),
    },
  };
}

function passCreator(): Subject {
  const { secret, publicKey } = secretOf('passcreator');
  const options = passcreator.subscriptionOptions.parse({ signPayload: true });
  const body = object([
    ['identifier', '12fd53c5'],
    ['name', 'Jörg "€" 😀'],
  ]);
  const signer = passcreator.bodySigner?.(options, [secret]);
  const signed = signer?.embed(serialise(body), signer.sign(serialise(body))) ?? '';
  const message = (text: string, key = publicKey): Message => ({ env: { WEBHOOK_PUBLIC_KEY: key }, body: text });
  const forgedText = JSON.stringify({ ...JSON.parse(signed), signedData: '{"identifier":"other"}' });
  return {
    genuine: { 'a message': message(signed), 'the same message printed anew': message(JSON.stringify(JSON.parse(signed))) },
    forged: {
      'other signed data': message(forgedText),
      'the signature of another key': message(signed, secretOf('passcreator').publicKey),
    },
    malformed: { 'an unsigned body': message(serialise(body)), 'a body that is not JSON': message('nonsense') },
  };
}
