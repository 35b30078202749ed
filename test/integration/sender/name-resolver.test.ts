import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNameResolver } from '../../../src/sender/name-resolver.ts';
import { startDnsServer, type Zone } from './dns-server.ts';

function hostsFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'hosts'), content);
  return join(folder, 'hosts');
}

async function startResolver(zone: Zone, hosts = '') {
  const server = await startDnsServer(zone);
  const resolver = createNameResolver([server.address], hostsFile(hosts));
  onTestFinished(() => resolver.close());
  return { server, resolver };
}

describe('name resolver', () => {
  it('gives the addresses of both families and the shortest time to live', async () => {
    const { resolver } = await startResolver({ 'a.test': { ttlS: 20, addresses: ['8.8.8.8', '2606:4700::1', '1.1.1.1'] } });
    expect(await resolver.resolve('a.test')).toEqual({
      kind: 'addresses',
      addresses: ['2606:4700::1', '8.8.8.8', '1.1.1.1'],
      ttlMs: 20_000,
    });
  });

  it('takes four addresses of a family', async () => {
    const addresses = Array.from({ length: 20 }, (_, index) => `8.8.8.${index}`);
    const { resolver } = await startResolver({ 'many.test': { addresses } });
    expect(await resolver.resolve('many.test')).toMatchObject({ addresses: addresses.slice(0, 4) });
  });

  it('caches no answers', async () => {
    const zone: Zone = { 'a.test': { ttlS: 3600, addresses: ['8.8.8.8'] } };
    const { resolver } = await startResolver(zone);
    await resolver.resolve('a.test');
    zone['a.test'] = { ttlS: 3600, addresses: ['1.1.1.1'] };
    expect(await resolver.resolve('a.test')).toMatchObject({ addresses: ['1.1.1.1'] });
  });

  it('prefers the hosts file', async () => {
    const hosts = '# comment\n10.1.2.3\tOne.test two.test # more\n::1 one.test\nnonsense three.test\n';
    const { server, resolver } = await startResolver({}, hosts);
    expect(await resolver.resolve('one.test')).toMatchObject({ addresses: ['10.1.2.3', '::1'] });
    expect(await resolver.resolve('two.test')).toMatchObject({ addresses: ['10.1.2.3'] });
    expect(server.asked).toEqual([]);
    expect(await resolver.resolve('three.test')).toEqual({ kind: 'failed', code: 'ENOTFOUND' });
  });

  it('needs no hosts file', async () => {
    const resolver = createNameResolver(['127.0.0.1:1'], '/nowhere');
    onTestFinished(() => resolver.close());
    expect(await resolver.resolve('localhost')).toMatchObject({ addresses: ['127.0.0.1', '::1'] });
  });

  it.each(['a..test', `${'a'.repeat(64)}.test`, `${'a.'.repeat(130)}test`, '*', '%'])('fails for "%s"', async (name) => {
    const { resolver } = await startResolver({});
    expect(await resolver.resolve(name)).toMatchObject({ kind: 'failed' });
  });

  it('fails at once when it is closed', async () => {
    const { server, resolver } = await startResolver({ 'slow.test': 'silent' });
    const answer = resolver.resolve('slow.test');
    await expect.poll(() => server.asked.length).toBe(2);
    resolver.close();
    expect(await answer).toEqual({ kind: 'failed', code: 'ECANCELLED' });
  });
});
