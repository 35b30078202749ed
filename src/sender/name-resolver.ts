import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import pTimeout from 'p-timeout';

/** What a name server said. `code` is Node's (`ENOTFOUND`, `ETIMEOUT`, ...). */
export type NameAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly ttlMs: number }
  | { readonly kind: 'failed'; readonly code: string };

export interface NameResolver {
  /** Never throws. `name` is lower case, without a final dot. */
  resolve(name: string): Promise<NameAnswer>;
  /** Ends what is being asked. */
  close(): void;
}

const LOCAL_TTL_MS = 60_000;
const TRY_TIMEOUT_MS = 1500;
const TRIES = 2;
/** Whatever the number of name servers, a name is given up after this. */
const GIVE_UP_MS = 5000;
const TIMED_OUT: NameAnswer = { kind: 'failed', code: 'ETIMEOUT' };
/** Of one family; more would only make a dead host take longer. */
const MAX_ADDRESSES = 4;

/**
 * Asks name servers directly (c-ares), not by getaddrinfo: that one blocks a thread of libuv's small pool for as long as
 * a tenant's name server hangs, and four such names would stop every other lookup of the process.
 *
 * `localhost` (RFC 6761, 6.3) and the hosts file are answered here; the file is read once.
 *
 * @param nameServers `address` or `address:port`; the system's when undefined
 */
export function createNameResolver(nameServers?: readonly string[], hostsFile = '/etc/hosts'): NameResolver {
  const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
  if (nameServers) resolver.setServers(nameServers);
  const hosts = readHosts(hostsFile);
  return {
    async resolve(name) {
      const local = isLocalhost(name) ? ['127.0.0.1', '::1'] : hosts.get(name);
      if (local) return { kind: 'addresses', addresses: local, ttlMs: LOCAL_TTL_MS };
      return pTimeout(ask(resolver, name), { milliseconds: GIVE_UP_MS, fallback: () => TIMED_OUT });
    },
    close: () => resolver.cancel(),
  };
}

async function ask(resolver: Resolver, name: string): Promise<NameAnswer> {
  const [v6, v4] = await Promise.allSettled([
    resolver.resolve6(name, { ttl: true }),
    resolver.resolve4(name, { ttl: true }),
  ]);
  const records = [v6, v4].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.slice(0, MAX_ADDRESSES) : []));
  if (records.length > 0) {
    const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1000;
    return { kind: 'addresses', addresses: records.map(({ address }) => address), ttlMs };
  }
  return { kind: 'failed', code: codeOf(v4.status === 'rejected' ? v4.reason : undefined) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ENODATA';
}

function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Names to addresses of a hosts file (hosts(5)); empty when it cannot be read. */
function readHosts(path: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of readOrEmpty(path).split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      hosts.set(key, [...(hosts.get(key) ?? []), address]);
    }
  }
  return hosts;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
