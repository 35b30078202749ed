import { describe, expect, test } from 'vitest';
import { missingKeysFinding } from '../../../src/store/inspection/encryption-keys.ts';
import { detectPooling } from '../../../src/store/inspection/pooling.ts';
import { findingOfError, findingsOf, type PostgresFacts } from '../../../src/store/inspection/postgres-findings.ts';

const GOOD: PostgresFacts = {
  version: '15.18',
  versionNumber: 150_018,
  readOnly: false,
  pooling: 'none',
  missingMigrations: [],
};

describe('what a Postgres reports about itself', () => {
  test.each([
    ['as it should be', {}, []],
    ['a session pooler', { pooling: 'session' }, []],
    ['Postgres 14', { version: '14.9', versionNumber: 140_009 }, ['version blocks']],
    ['a transaction pooler', { pooling: 'transaction' }, ['transaction-pooling blocks']],
    ['a standby', { readOnly: true }, ['read-only interrupts']],
    ['a database without migrations', { missingMigrations: ['1_a', '2_b'] }, ['migrations blocks']],
  ] as const)('%s', (_what, fields, expected) => {
    const findings = findingsOf({ ...GOOD, ...fields });
    expect(findings.map(({ code, effect }) => `${code} ${effect}`)).toEqual(expected);
  });
});

describe('what an error says about a Postgres', () => {
  test.each([
    [{ code: '3D000', message: 'database "x" does not exist' }, 'database-missing', 'blocks'],
    [{ code: '28P01', message: 'password authentication failed for user "x"' }, 'login', 'blocks'],
    [{ code: '28000', message: 'no pg_hba.conf entry for host "10.1.2.3", user "x", no encryption' }, 'login', 'blocks'],
    [{ message: 'The server does not support SSL connections' }, 'tls', 'blocks'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }, 'tls', 'blocks'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'Host: db. is not in the cert' }, 'tls', 'blocks'],
    [{ code: '57P03', message: 'the database system is starting up' }, 'unavailable', 'interrupts'],
    [{ code: '53300', message: 'sorry, too many clients already' }, 'unavailable', 'interrupts'],
    [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 10.1.2.3:5432' }, 'unavailable', 'interrupts'],
    [{ message: 'timeout expired' }, 'unavailable', 'interrupts'],
  ])('%o', (error, code, effect) => {
    const finding = findingOfError(Object.assign(new Error(error.message), error));
    expect(finding).toMatchObject({ part: 'postgres', code, effect, context: { err: error.message } });
    expect(finding.detail).not.toMatch(/10\.1\.2\.3|"x"/);
  });
});

describe('pooling', () => {
  /** Server processes that answer the statements of a connection, in turn. */
  function session(promisedPid: number, pids: readonly number[]) {
    let asked = 0;
    return {
      promisedPid,
      currentPid: async () => pids[Math.min(asked++, pids.length - 1)] ?? 0,
      close: async () => {},
    };
  }

  test.each([
    ['a connection of its own', session(7, [7]), session(0, [0]), 'none'],
    ['sessions of their own behind a pooler', session(99, [7]), session(98, [8]), 'session'],
    ['one server process for two connections', session(99, [7]), session(98, [7]), 'transaction'],
    ['the first connection changes its server process', session(99, [7, 9]), session(98, [8]), 'transaction'],
    ['the second one does, later', session(99, [7]), session(98, [8, 8, 8, 9]), 'transaction'],
  ] as const)('%s', async (_what, first, second, expected) => {
    expect(await detectPooling(first, async () => second)).toBe(expected);
  });
});

test('keys that stored secrets need and the process lacks are named with their counts', () => {
  const usage = new Map([
    ['k1', 3],
    ['k2', 1],
  ]);
  expect(missingKeysFinding(usage, ['k2', 'k1', 'k3'])).toBeUndefined();
  expect(missingKeysFinding(usage, ['k2'])).toMatchObject({
    part: 'encryptionKeys',
    effect: 'degrades',
    context: { missing: [{ id: 'k1', secrets: 3 }] },
  });
});
