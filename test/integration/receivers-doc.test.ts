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

// Every program of docs/receivers.md, and of docs/receivers/ in the languages of this machine, is run against messages signed by what
// signs the real ones.

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

/** How a program becomes a command: its file, what compiles it, and what runs it. */
interface Runner {
  readonly file: string;
  readonly compile?: readonly string[];
  readonly run: readonly string[];
}

/** Every machine that runs the tests has these. */
const EVERYWHERE: Readonly<Record<string, Runner>> = {
  js: { file: 'verify.mjs', run: [process.execPath, 'verify.mjs'] },
  python: { file: 'verify.py', run: ['python3', 'verify.py'] },
  sh: { file: 'verify.sh', run: ['sh', 'verify.sh'] },
};
/** By the name of the document in docs/receivers. */
const OTHERS: Readonly<Record<string, Runner>> = {
  go: { file: 'verify.go', compile: ['go', 'build', '-o', 'verify', 'verify.go'], run: ['./verify'] },
  java: { file: 'Verify.java', compile: ['javac', 'Verify.java'], run: ['java', '-cp', '.', 'Verify'] },
  php: { file: 'verify.php', run: ['php', 'verify.php'] },
  ruby: { file: 'verify.rb', run: ['ruby', 'verify.rb'] },
};
/** No machine of ours has what these need, and their document says so. */
const NOT_RUN = ['csharp'];
const RUNNERS: Readonly<Record<string, Runner>> = { ...EVERYWHERE, ...OTHERS };
const BUILD_MS = 240_000;

const snippets = readSnippets(new URL('../../docs/receivers.md', import.meta.url));
const others = [...Object.keys(OTHERS), ...NOT_RUN].flatMap((name) =>
  readSnippets(new URL(`../../docs/receivers/${name}.md`, import.meta.url)).filter(({ subject }) => subject !== 'handler'),
);
const here = Object.entries(OTHERS).flatMap(([language, { compile, run }]) =>
  isHere((compile ?? run)[0] ?? '') ? [language] : [],
);
const runnable = [...snippets, ...others.filter(({ language }) => here.includes(language))];

function isHere(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'receiver-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const SUBJECTS: Readonly<Record<string, Subject>> = {
  v1: standard('webhook'),
  v1a: standard('webhook-ed25519'),
  passentry: passEntry(),
  passcreator: passCreator(),
  'passcreator-parts': inParts(passCreator()),
};

it('has a program in every language for every signature, and no program that is not run', () => {
  const found = snippets.map(({ language, subject }) => `${language} ${subject}`);
  const wanted = ['v1', 'v1a', 'passentry', 'passcreator'].flatMap((subject) =>
    Object.keys(EVERYWHERE).map((language) => `${language} ${subject}`),
  );
  expect(found.toSorted()).toEqual(wanted.toSorted());
});

it('has programs for every signature in the other languages too; C# lacks ed25519', () => {
  const found = others.map(({ language, subject }) => `${language} ${subject.replace('-parts', '')}`);
  const wanted = [...Object.keys(OTHERS), ...NOT_RUN].flatMap((language) =>
    ['v1', 'v1a', 'passentry', 'passcreator'].map((subject) => `${language} ${subject}`),
  );
  expect(found.toSorted()).toEqual(wanted.filter((name) => name !== 'csharp v1a').toSorted());
});

it(`has, of the other languages, ${here.join(', ') || 'none'} on this machine; programs in ${[...Object.keys(OTHERS).filter((name) => !here.includes(name)), ...NOT_RUN].join(', ')} are not run`, () => {
  for (const language of here) expect(runnable.map((one) => one.language)).toContain(language);
});

describe.each(runnable)('docs/receivers: $subject in $language', ({ language, subject, code }) => {
  const { genuine = {}, forged = {}, malformed = {} } = SUBJECTS[subject] ?? {};
  const runner = RUNNERS[language];
  let folder = '';

  beforeAll(() => {
    if (!runner) throw new Error(`nothing runs ${language}`);
    folder = mkdtempSync(join(root, `${language}-`));
    writeFileSync(join(folder, runner.file), code);
    const [command, ...args] = runner.compile ?? [];
    if (command === undefined) return;
    const { status, stderr } = spawnSync(command, args, {
      cwd: folder,
      env: { ...process.env, GO111MODULE: 'off' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${command} refuses the program: ${stderr}`);
  }, BUILD_MS);

  function run(message: Message) {
    return runProgram(folder, runner?.run ?? [], message);
  }

  it.each(Object.entries(genuine))('accepts %s', (_, message) => {
    expect(run(message)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(Object.entries(forged))('rejects %s', (_, message) => {
    expect(run(message)).toEqual({ status: 1, stdout: '', stderr: '' });
  });

  it.for(Object.entries(malformed))('rejects %s', ([, message]) => {
    expect(run(message)).toMatchObject({ status: 1, stdout: '' });
  });
});

function runProgram(folder: string, [command = '', ...args]: readonly string[], { env, body }: Message) {
  const bodyFile = join(folder, 'body');
  writeFileSync(bodyFile, body);
  const { status, stdout, stderr } = spawnSync(command, args, {
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

/** The same for a program that leaves the parsing of JSON to its caller. */
function inParts({ genuine, forged }: Subject): Subject {
  const parts = ({ env, body }: Message): Message => {
    const { signedData = '', signature = '' } = JSON.parse(body) as Record<string, string>;
    return { env: { ...env, SIGNATURE: signature }, body: signedData };
  };
  const all = (messages: Readonly<Record<string, Message>>) =>
    Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, parts(message)]));
  return { genuine: all(genuine), forged: all(forged) };
}
