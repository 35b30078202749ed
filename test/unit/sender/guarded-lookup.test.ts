import { beforeEach, describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../src/sender/address-guard.ts';
import { createGuardedLookup, type GuardedLookup, NotDialled } from '../../../src/sender/guarded-lookup.ts';
import type { NameLookup, NameResolver } from '../../../src/sender/name-resolver.ts';

const SECOND = 1000;

let nowMs = 0;
beforeEach(() => {
  nowMs = SECOND;
});

/** A name server that counts questions and answers what `answer` is at that moment. */
function nameServer(first: NameLookup) {
  const server = {
    answer: first,
    asked: [] as string[],
    close() {},
    async resolve(name: string) {
      server.asked.push(name);
      return server.answer;
    },
  };
  return server;
}

function lookupOver(server: NameResolver): GuardedLookup {
  return createGuardedLookup(createAddressGuard([]), server, () => nowMs);
}

function addresses(ttlS: number, ...list: string[]): NameLookup {
  return { kind: 'addresses', addresses: list, ttlMs: ttlS * SECOND };
}

function dial(names: GuardedLookup, name: string, all: boolean): Promise<unknown> {
  return new Promise((resolve) => {
    names.lookup(name, { all }, (error, address, family) => resolve(error ?? (all ? address : { address, family })));
  });
}

describe('guarded lookup', () => {
  it('returns allowed addresses only', async () => {
    const server = nameServer(addresses(60, '10.0.0.1', '2606:4700::1', '8.8.8.8', '::1'));
    const names = lookupOver(server);
    expect(await dial(names, 'a.example', true)).toEqual([
      { address: '2606:4700::1', family: 6 },
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(await dial(names, 'a.example', false)).toEqual({ address: '2606:4700::1', family: 6 });
    expect(server.asked).toEqual(['a.example']);
  });

  it('reports a name as forbidden when all its addresses are, without naming them', async () => {
    const names = lookupOver(nameServer(addresses(60, '10.0.0.1', '169.254.169.254')));
    const error = await dial(names, 'intern.example', true);
    expect(error).toBeInstanceOf(NotDialled);
    expect(error).toMatchObject({ failure: 'forbidden_address', message: 'intern.example resolves to no public address' });
  });

  it('reports a name that does not resolve', async () => {
    const names = lookupOver(nameServer({ kind: 'failed', code: 'ENOTFOUND' }));
    const error = await dial(names, 'no.example', true);
    expect(error).toMatchObject({ failure: 'dns', message: 'no.example does not resolve (ENOTFOUND)' });
  });

  it.each([
    ['for its time to live', addresses(10, '8.8.8.8'), 10],
    ['for 30 s at most', addresses(86_400, '8.8.8.8'), 30],
    ['for 1 s at least', addresses(0, '8.8.8.8'), 1],
    ['for 3 s when it failed', { kind: 'failed', code: 'ESERVFAIL' } as const, 3],
  ])('stores an answer %s', async (_, answer, seconds) => {
    const server = nameServer(answer);
    const names = lookupOver(server);
    await names.resolve('a.example');
    nowMs += seconds * SECOND - 100;
    await names.resolve('a.example');
    expect(server.asked).toHaveLength(1);
    nowMs += 200;
    await names.resolve('a.example');
    expect(server.asked).toHaveLength(2);
  });

  it('judges a new answer anew', async () => {
    const server = nameServer(addresses(1, '8.8.8.8'));
    const names = lookupOver(server);
    expect((await names.resolve('rebind.example')).kind).toBe('addresses');
    server.answer = addresses(1, '127.0.0.1');
    nowMs += 1100;
    expect((await names.resolve('rebind.example')).kind).toBe('forbidden');
  });

  it('asks once for concurrent callers', async () => {
    const server = nameServer(addresses(60, '8.8.8.8'));
    const names = lookupOver(server);
    await Promise.all(Array.from({ length: 50 }, () => names.resolve('a.example')));
    expect(server.asked).toHaveLength(1);
  });

  it('forgets the names used least rather than grow', async () => {
    const server = nameServer(addresses(60, '8.8.8.8'));
    const names = lookupOver(server);
    for (let index = 0; index < 5000; index++) await names.resolve(`${index}.example`);
    await names.resolve('4999.example');
    expect(server.asked).toHaveLength(5000);
    await names.resolve('0.example');
    expect(server.asked).toHaveLength(5001);
  });
});
