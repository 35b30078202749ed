import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../src/sender/address-guard.ts';

/** Written down a second time, from IANA's registries, so that a gap in the library would show. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32],
];
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [base, bits] of SPECIAL_IPV4) special.addSubnet(base, bits, 'ipv4');
for (const [base, bits] of SPECIAL_IPV6) special.addSubnet(base, bits, 'ipv6');

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const anyIpv4 = octets.map((parts) => parts.join('.'));
const specialIpv4 = fc
  .tuple(fc.constantFrom(...SPECIAL_IPV4), fc.nat(2 ** 32 - 1))
  .map(([[base, bits], random]) => within(base, bits, random));
const publicIpv4 = anyIpv4.filter((address) => !special.check(address, 'ipv4'));
const group = fc.nat(0xffff).map((value) => value.toString(16));
const anyIpv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
const globalIpv6 = fc
  .tuple(fc.integer({ min: 0x2000, max: 0x3fff }), fc.array(group, { minLength: 7, maxLength: 7 }))
  .map(([first, rest]) => [first.toString(16), ...rest].join(':'))
  .filter((address) => !special.check(address, 'ipv6') && !/^([^:]+:){4}(0|200):5efe:/.test(address));

/** Every way to write an IPv4 address into an IPv6 one. */
const EMBEDDINGS: Readonly<Record<string, (ipv4: string) => string>> = {
  'mapped (RFC 4291)': (ipv4) => `::ffff:${ipv4}`,
  'mapped, in hexadecimal': (ipv4) => `::ffff:${hex(ipv4)}`,
  'mapped, in full': (ipv4) => `0000:0000:0000:0000:0000:FFFF:${hex(ipv4)}`,
  'compatible (RFC 4291)': (ipv4) => `::${ipv4}`,
  'translated (RFC 2765)': (ipv4) => `::ffff:0:${ipv4}`,
  'NAT64 (RFC 6052)': (ipv4) => `64:ff9b::${ipv4}`,
  'NAT64, local (RFC 8215)': (ipv4) => `64:ff9b:1::${ipv4}`,
  '6to4 (RFC 3056)': (ipv4) => `2002:${hex(ipv4)}::1`,
  'Teredo (RFC 4380)': (ipv4) => `2001:0:${hex(ipv4)}::1`,
  'Teredo, client': (ipv4) => `2001:0:808:808:0:0:${hex(inverted(ipv4))}`,
  'ISATAP (RFC 5214)': (ipv4) => `2a00:1450::5efe:${ipv4}`,
  'ISATAP, global': (ipv4) => `2a00:1450::200:5efe:${ipv4}`,
};

describe('address guard', () => {
  const guard = createAddressGuard([]);

  it('allows an IPv4 address exactly when no special range has it', () => {
    fc.assert(
      fc.property(fc.oneof(anyIpv4, specialIpv4), (ipv4) => guard.allows(ipv4) === !special.check(ipv4, 'ipv4')),
      { numRuns: 2000 },
    );
  });

  it('refuses a special IPv4 address in whatever form it is embedded', () => {
    fc.assert(
      fc.property(specialIpv4, fc.constantFrom(...Object.values(EMBEDDINGS)), (ipv4, embed) => !guard.allows(embed(ipv4))),
      { numRuns: 2000 },
    );
  });

  it('allows global unicast IPv6 outside the special ranges', () => {
    fc.assert(fc.property(globalIpv6, (ipv6) => guard.allows(ipv6)));
  });

  it('refuses IPv6 outside 2000::/3 unless it embeds a public IPv4 address', () => {
    fc.assert(fc.property(anyIpv6, (ipv6) => !guard.allows(ipv6) || /^[23][0-9a-f]{3}:/.test(ipv6)));
  });

  it('allows a public IPv4 address mapped or behind NAT64, and in no other embedding', () => {
    fc.assert(
      fc.property(publicIpv4, (ipv4) => {
        const allowed = Object.entries(EMBEDDINGS).filter(([, embed]) => guard.allows(embed(ipv4)));
        expect(allowed.map(([name]) => name)).toEqual([
          'mapped (RFC 4291)',
          'mapped, in hexadecimal',
          'mapped, in full',
          'NAT64 (RFC 6052)',
        ]);
      }),
    );
  });

  it('never throws and allows nothing that is not an address', () => {
    fc.assert(fc.property(fc.string(), (text) => !guard.allows(text) || special.check(text) === false));
  });

  it.each([
    ['8.8.8.8', true],
    ['1.1.1.1', true],
    ['93.184.216.34', true],
    ['126.255.255.255', true],
    ['172.15.255.255', true],
    ['172.32.0.0', true],
    ['100.63.255.255', true],
    ['100.128.0.0', true],
    ['223.255.255.255', true],
    ['2606:4700:4700::1111', true],
    ['2a00:1450:4001:80b::200e', true],
    ['0.0.0.0', false],
    ['0.1.2.3', false],
    ['10.0.0.1', false],
    ['100.64.0.1', false],
    ['100.100.100.200', false],
    ['127.0.0.1', false],
    ['127.255.255.254', false],
    ['168.63.129.16', false],
    ['169.254.169.254', false],
    ['172.16.0.1', false],
    ['172.31.255.255', false],
    ['192.0.0.170', false],
    ['192.0.2.1', false],
    ['192.168.1.1', false],
    ['198.18.0.1', false],
    ['198.19.255.255', false],
    ['198.51.100.7', false],
    ['203.0.113.7', false],
    ['224.0.0.1', false],
    ['239.255.255.250', false],
    ['240.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['0:0:0:0:0:0:0:1', false],
    ['::7f00:1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:a9fe:a9fe', false],
    ['64:ff9b::10.0.0.1', false],
    ['64:ff9b:1::1', false],
    ['100::1', false],
    ['2001::1', false],
    ['2001:2::1', false],
    ['2001:10::1', false],
    ['2001:20::1', false],
    ['2001:1ff:ffff::1', false],
    ['2001:200::1', true],
    ['2001:db8::1', false],
    ['2002:7f00:1::1', false],
    ['3fff::1', false],
    ['4000::1', false],
    ['5f00::1', false],
    ['fc00::1', false],
    ['fd00:ec2::254', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['2606:4700::1111%eth0', false],
    ['fec0::1', false],
    ['ff02::1', false],
    ['127.1', false],
    ['2130706433', false],
    ['0x7f.0.0.1', false],
    ['010.8.8.8', false],
    ['8.8.8.8 ', false],
    ['[::1]', false],
    ['localhost', false],
    ['', false],
  ])('%s: %s', (address, allowed) => {
    expect(guard.allows(address)).toBe(allowed);
  });
});

describe('allow-list', () => {
  it('lets its networks through, and nothing beside them', () => {
    const guard = createAddressGuard(['127.0.0.0/8', '10.1.0.0/16', 'fd00::/8', '192.168.7.7', '::1']);
    const allowed = ['127.0.0.1', '10.1.255.255', 'fd12::1', '192.168.7.7', '::1', '::ffff:127.0.0.1', '8.8.8.8'];
    const refused = ['10.2.0.0', 'fc00::1', '192.168.7.8', '::2', '169.254.169.254', '64:ff9b::127.0.0.1', '::127.0.0.1'];
    expect(allowed.filter((address) => !guard.allows(address))).toEqual([]);
    expect(refused.filter((address) => guard.allows(address))).toEqual([]);
  });

  it('takes a mapped network as the IPv4 network it is', () => {
    const guard = createAddressGuard(['::ffff:10.0.0.0/104']);
    expect([guard.allows('10.9.9.9'), guard.allows('::ffff:10.9.9.9'), guard.allows('11.0.0.1')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(guard.allows('192.168.0.1')).toBe(false);
  });

  it.each(['', 'localhost', '10.0.0.0/33', '10/8', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::%1/10', '::1/129', '10.0.0.0/-1'])(
    'refuses "%s"',
    (network) => {
      expect(() => createAddressGuard([network])).toThrow(TypeError);
    },
  );
});

function within(base: string, bits: number, random: number): string {
  const mask = 2 ** (32 - bits);
  const value = toNumber(base) + (random % mask);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

function toNumber(ipv4: string): number {
  return ipv4.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function hex(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function inverted(ipv4: string): string {
  return ipv4
    .split('.')
    .map((part) => 255 - Number(part))
    .join('.');
}
