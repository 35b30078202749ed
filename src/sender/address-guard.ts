import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Decides which IP addresses may be dialled. */
export interface AddressGuard {
  /** Takes an IP address as text, without brackets. False for any other text: a name, a zone id, a short form (`127.1`). */
  allows(address: string): boolean;
}

/**
 * Invariant: an allowed address is in an allow-listed network, or it is public unicast (IANA's special-purpose registries,
 * RFC 6890) and embeds no IPv4 address that is not public.
 *
 * IPv6 addresses are allowed only in 2000::/3, the one allocated unicast block (RFC 4291, IANA), except its special-purpose
 * ranges. A host dials two embeddings as IPv4: mapped addresses (RFC 4291) and NAT64's well-known prefix (RFC 6052). They are
 * judged by the embedded IPv4 address. Every other embedding is refused regardless of its content, because public receivers
 * do not use them.
 *
 * @param allowedNetworks CIDRs or single addresses, for development
 * @throws TypeError when an entry is neither
 */
export function createAddressGuard(allowedNetworks: readonly string[]): AddressGuard {
  const networks = allowedNetworks.map(parseNetwork);
  return {
    allows(text) {
      if (isIP(text) === 0 || text.includes('%')) return false;
      const address = withoutMapping(parse(text));
      return networks.some((network) => isWithin(address, network)) || isPublic(address);
    },
  };
}

/** Azure's WireServer: public in IANA's registry, but served by the host of the virtual machine. */
const IPV4_HOST_SERVICES: readonly Network[] = [[ipaddr.IPv4.parse('168.63.129.16'), 32]];
const IPV6_GLOBAL_UNICAST: Network = [ipaddr.IPv6.parse('2000::'), 3];
const NAT64_WELL_KNOWN: Network = [ipaddr.IPv6.parse('64:ff9b::'), 96];

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) {
    return address.range() === 'unicast' && !IPV4_HOST_SERVICES.some((network) => isWithin(address, network));
  }
  if (isWithin(address, NAT64_WELL_KNOWN)) return isPublic(lastFourBytes(address));
  return isWithin(address, IPV6_GLOBAL_UNICAST) && address.range() === 'unicast' && !isIsatap(address);
}

/** ISATAP (RFC 5214, 6.1): the interface id is `[02]00:5efe` and an IPv4 address, under any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , high = 0, low = 0] = address.parts;
  return (high & ~0x0200) === 0 && low === 0x5efe;
}

/** ipaddr.js parses `::1.2.3.4` as a mapped address (`::ffff:1.2.3.4`), so a dotted suffix is rewritten in hexadecimal. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const suffixStart = text.lastIndexOf(':') + 1;
  if (suffixStart === 0 || !text.includes('.')) return ipaddr.parse(text);
  const [a = 0, b = 0, c = 0, d = 0] = text.slice(suffixStart).split('.').map(Number);
  return ipaddr.parse(`${text.slice(0, suffixStart)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
}

function withoutMapping(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function lastFourBytes(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Network): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function parseNetwork(text: string): Network {
  const [base = '', bits] = text.split('/');
  if (isIP(base) === 0 || base.includes('%') || !ipaddr.isValidCIDR(bits === undefined ? `${base}/0` : text)) {
    throw new TypeError(`"${text}" is not an IP address or a network such as 10.0.0.0/8 or fd00::/8`);
  }
  const address = parse(base);
  const length = bits === undefined ? address.toByteArray().length * 8 : Number(bits);
  // Mapped addresses are judged as IPv4, so a mapped network is stored as its IPv4 network.
  return withoutMapping(address) === address ? [address, length] : [withoutMapping(address), Math.max(0, length - 96)];
}
