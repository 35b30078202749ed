import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import pTimeout from 'p-timeout';

/** The result of a name lookup. `code` is Node's error code (`ENOTFOUND`, `ETIMEOUT`, ...). */
export type NameLookup =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly ttlMs: number }
  | { readonly kind: 'failed'; readonly code: string };

export interface NameResolver {
  /** Never throws. `name` is in lower case, without a trailing dot. */
  resolve(name: string): Promise<NameLookup>;
  /** Cancels the lookups in progress. */
  close(): void;
}

const LOCAL_TTL_MS = 60_000;
const TRY_TIMEOUT_MS = 1500;
const TRIES = 2;
/** Bound for one lookup, whatever the number of name servers. */
const LOOKUP_TIMEOUT_MS = 5000;
const TIMED_OUT: NameLookup = { kind: 'failed', code: 'ETIMEOUT' };
/** Per address family. More addresses would only delay the failure of an unreachable host. */
const MAX_ADDRESSES = 4;

/**
 * Queries name servers directly (c-ares) instead of through getaddrinfo. getaddrinfo blocks a thread of libuv's pool of four
 * while a name server hangs, so four names of one tenant could stop every other lookup in the process.
 *
 * `localhost` (RFC 6761, 6.3) and names from the hosts file are resolved without a query; the file is read once.
 *
 * @param nameServers `address` or `address:port`; the system's when undefined
 * @throws TypeError when a name server is malformed
 */
export function createNameResolver(nameServers?: readonly string[], hostsFile = '/etc/hosts'): NameResolver {
  const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
  if (nameServers) resolver.setServers(nameServers);
  const hosts = readHosts(hostsFile);
  return {
    async resolve(name) {
      const local = isLocalhost(name) ? ['127.0.0.1', '::1'] : hosts.get(name);
      if (local) return { kind: 'addresses', addresses: local, ttlMs: LOCAL_TTL_MS };
      return pTimeout(query(resolver, name), { milliseconds: LOOKUP_TIMEOUT_MS, fallback: () => TIMED_OUT });
    },
    close: () => resolver.cancel(),
  };
}

async function query(resolver: Resolver, name: string): Promise<NameLookup> {
  const [v6, v4] = await Promise.allSettled([
    resolver.resolve6(name, { ttl: true }),
    resolver.resolve4(name, { ttl: true }),
  ]);
  const records = [v6, v4].flatMap((result) => (result.status === 'fulfilled' ? result.value.slice(0, MAX_ADDRESSES) : []));
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

/** Maps the names in a hosts file (hosts(5)) to their addresses; empty when the file cannot be read. */
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
