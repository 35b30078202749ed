import { describe, expect, it } from 'vitest';
import { createUrlChecker } from '../../../src/sender/url-check.ts';
import { startDnsServer, type Zone } from './dns-server.ts';
import { answerOf, startRawServer } from './raw-server.ts';
import { requestTo, send, startSender } from './test-sender.ts';

const PUBLIC = '93.184.216.34';
const FORBIDDEN = { kind: 'failure', failure: 'forbidden_address' };

/** A receiver at 127.0.0.1 (allowed) and one at 127.0.0.2 (not allowed) on the same port. */
async function startBoth() {
  const allowed = await startRawServer({ answer: (socket) => socket.end(answerOf('200 OK')) });
  const forbidden = await startRawServer({ host: '127.0.0.2', port: allowed.port });
  return { allowed, forbidden, port: allowed.port };
}

async function startNamed(zone: Zone) {
  const names = await startDnsServer(zone);
  return { names, sender: startSender({ nameServers: [names.address] }) };
}

describe('sending to a name', () => {
  it('dials the address that was checked, in spite of rebinding', async () => {
    const zone: Zone = { 'rebind.test': { ttlS: 0, addresses: ['127.0.0.1'] } };
    const { names, sender } = await startNamed(zone);
    const { allowed, forbidden, port } = await startBoth();
    const checker = createUrlChecker({ allowHttp: true, allowedNetworks: ['127.0.0.1/32'], nameServers: [names.address] });
    const url = `http://rebind.test:${port}/`;
    expect(await checker.check(url)).toEqual({ kind: 'ok' });
    expect(await sender.send(requestTo(url))).toMatchObject({ kind: 'response', status: 200 });

    zone['rebind.test'] = { ttlS: 0, addresses: ['127.0.0.2'] };
    await expect.poll(() => sender.send(requestTo(url)), { interval: 200 }).toMatchObject(FORBIDDEN);
    expect(allowed.accepted).toBeGreaterThan(0);
    expect(forbidden.accepted).toBe(0);
  });

  it('leaves out the forbidden ones of its addresses', async () => {
    const addresses = ['127.0.0.2', '::1', '10.0.0.1', '127.0.0.1', '64:ff9b::7f00:2'];
    const { sender } = await startNamed({ 'mixed.test': { addresses } });
    const { forbidden, port } = await startBoth();
    const outcome = await sender.send(requestTo(`http://mixed.test:${port}/`));
    expect(outcome).toMatchObject({ kind: 'response', status: 200, remoteAddress: '127.0.0.1' });
    expect(forbidden.accepted).toBe(0);
  });

  it.each(['127.0.0.2', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1', '::ffff:a00:1'])(
    'refuses a name of %s alone',
    async (address) => {
      const { sender } = await startNamed({ 'intern.test': { addresses: [address] } });
      expect(await sender.send(requestTo('http://intern.test/'))).toMatchObject(FORBIDDEN);
    },
  );

  it('takes the next address when one cannot be reached', async () => {
    const names = await startDnsServer({ 'two.test': { addresses: ['127.0.0.3', '127.0.0.1'] } });
    const sender = startSender({ nameServers: [names.address], allowedNetworks: ['127.0.0.0/8'] });
    const { port } = await startBoth();
    const outcome = await sender.send(requestTo(`http://two.test:${port}/`));
    expect(outcome).toMatchObject({ kind: 'response', status: 200, remoteAddress: '127.0.0.1' });
  });

  it('reports that none of its addresses can be reached', async () => {
    const names = await startDnsServer({ 'two.test': { addresses: ['127.0.0.3', '127.0.0.4'] } });
    const sender = startSender({ nameServers: [names.address], allowedNetworks: ['127.0.0.0/8'] });
    expect(await sender.send(requestTo('http://two.test:1/'))).toMatchObject({
      failure: 'connect',
      detail: expect.stringContaining('127.0.0.3:1'),
    });
  });

  it('asks once for many connections', async () => {
    const { names, sender } = await startNamed({ 'busy.test': { addresses: ['127.0.0.1'] } });
    const { port } = await startBoth();
    const sends = Array.from({ length: 20 }, () => sender.send(requestTo(`http://busy.test:${port}/`)));
    for (const outcome of await Promise.all(sends)) expect(outcome).toMatchObject({ status: 200 });
    expect(names.asked).toHaveLength(2);
  });

  it('fails for a name that does not exist', async () => {
    const { sender } = await startNamed({});
    expect(await sender.send(requestTo('http://none.test/'))).toMatchObject({
      kind: 'failure',
      failure: 'dns',
      detail: 'none.test does not resolve (ENOTFOUND)',
    });
  });

  it('fails for a name without addresses', async () => {
    const { sender } = await startNamed({ 'empty.test': { addresses: [] } });
    expect(await sender.send(requestTo('http://empty.test/'))).toMatchObject({ failure: 'dns' });
  });

  it('ends in time when the name server is silent, and delays no other name', async () => {
    const { sender } = await startNamed({ 'slow.test': 'silent', 'fast.test': { addresses: ['127.0.0.1'] } });
    const { port } = await startBoth();
    let ended = 0;
    const slow = Array.from({ length: 20 }, async () => {
      const outcome = await sender.send(requestTo('http://slow.test/', { timeoutMs: 2500 }));
      ended += 1;
      return outcome;
    });
    expect(await sender.send(requestTo(`http://fast.test:${port}/`))).toMatchObject({ status: 200 });
    expect(ended).toBe(0);
    for (const outcome of await Promise.all(slow)) {
      expect(outcome).toMatchObject({ failure: 'timeout', detail: 'no connection within 2500 ms' });
    }
  });

  it('gives up on a name whose server is silent, before the timeout of the request', async () => {
    const { sender } = await startNamed({ 'slow.test': 'silent' });
    const outcome = await sender.send(requestTo('http://slow.test/', { timeoutMs: 30_000 }));
    expect(outcome).toMatchObject({ failure: 'dns', detail: 'slow.test does not resolve (ETIMEOUT)' });
  });

  it('knows localhost without asking', async () => {
    const { names, sender } = await startNamed({});
    const { port } = await startBoth();
    expect(await sender.send(requestTo(`http://localhost:${port}/`))).toMatchObject({ remoteAddress: '127.0.0.1' });
    expect(await sender.send(requestTo(`http://a.localhost:${port}/`))).toMatchObject({ remoteAddress: '127.0.0.1' });
    expect(names.asked).toEqual([]);
  });
});

describe('sending to an address', () => {
  it.each(['127.0.0.2', '2130706434', '0x7f.0.0.2', '127.2', '[::ffff:127.0.0.2]', '[::127.0.0.2]', '[::1]', '0', '[::]'])(
    'never dials %s',
    async (host) => {
      const { forbidden, port } = await startBoth();
      expect(await send(`http://${host}:${port}/`)).toMatchObject(FORBIDDEN);
      expect(forbidden.accepted).toBe(0);
    },
  );

  it.each(['ftp://127.0.0.1/', 'http://a:b@127.0.0.1/', 'http://127.0.0.1/#a', 'nonsense', ''])(
    'refuses "%s" without an exception',
    async (url) => {
      expect(await send(url)).toMatchObject(FORBIDDEN);
    },
  );

  it('refuses http unless it is allowed', async () => {
    const sender = startSender({ allowHttp: false });
    const { allowed } = await startBoth();
    expect(await sender.send(requestTo(allowed.url))).toMatchObject({ ...FORBIDDEN, detail: 'the URL must be https' });
    expect(allowed.accepted).toBe(0);
  });
});

describe('url checker', () => {
  async function check(zone: Zone, url: string) {
    const names = await startDnsServer(zone);
    return createUrlChecker({ allowHttp: false, allowedNetworks: [], nameServers: [names.address] }).check(url);
  }

  it('accepts a name with a public address, even among others', async () => {
    expect(await check({ 'a.test': { addresses: [PUBLIC] } }, 'https://a.test/hook')).toEqual({ kind: 'ok' });
    expect(await check({ 'a.test': { addresses: ['10.0.0.1', PUBLIC] } }, 'https://a.test/')).toEqual({ kind: 'ok' });
    expect(await check({ 'a.test': { addresses: ['2606:4700::1111'] } }, 'https://a.test/')).toEqual({ kind: 'ok' });
  });

  it('accepts a public address', async () => {
    expect(await check({}, `https://${PUBLIC}/hook`)).toEqual({ kind: 'ok' });
  });

  it('refuses a name with forbidden addresses only', async () => {
    const zone = { 'a.test': { addresses: ['10.0.0.1', 'fd00::1'] } };
    expect(await check(zone, 'https://a.test/')).toEqual({
      kind: 'forbidden',
      detail: 'a.test resolves to no public address',
    });
  });

  it.each(['https://localhost/', 'https://a.localhost/', 'https://LOCALHOST:8443/', 'https://127.0.0.1/'])(
    'refuses %s',
    async (url) => {
      expect(await check({}, url)).toMatchObject({ kind: 'forbidden' });
    },
  );

  it('only warns of a name that does not resolve (yet)', async () => {
    expect(await check({}, 'https://soon.test/')).toEqual({
      kind: 'unresolvable',
      detail: 'soon.test does not resolve (ENOTFOUND)',
    });
    expect(await check({}, 'https://a..test/')).toMatchObject({ kind: 'unresolvable' });
  });
});
