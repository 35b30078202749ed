import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AddressGuard } from './address-guard.ts';
import { NotDialled } from './guarded-lookup.ts';

export interface PoolLimits {
  /** Connections to one origin (scheme, name, port) at a time; more sends wait, and their time runs. */
  readonly maxConnectionsPerOrigin: number;
  /** Connections without a request, of one scheme; the one idle for longest gives way. */
  readonly maxIdleConnections: number;
  /**
   * How long an idle connection is kept. Shorter than what servers keep (Node and Apache: 5 s; a server's own
   * `Keep-Alive: timeout` is obeyed too), so that a request hardly ever meets a connection that is being closed.
   */
  readonly idleMs: number;
  /** Bound of name lookup, TCP and TLS handshake of a new connection. */
  readonly connectTimeoutMs: number;
}

export interface ConnectionPool {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

/** A connection took too long. Rises through Node's and got's errors as their cause. */
export class ConnectTimeout extends Error {
  constructor(afterMs: number) {
    super(`no connection after ${afterMs} ms`);
    this.name = 'ConnectTimeout';
  }
}

/** Node's 250 ms would give up all but the last address of a host on the other side of the world (RFC 8305, 5). */
const NEXT_ADDRESS_AFTER_MS = 500;

/**
 * Agents that keep connections alive and dial what the guard allows, and nothing else.
 *
 * Busy connections are not bounded in all: each belongs to a send, and the caller bounds those. (Node's `maxTotalSockets`
 * counts idle ones too: a full set of them would let a new origin wait for nothing.)
 */
export function createConnectionPool(guard: AddressGuard, lookup: LookupFunction, limits: PoolLimits): ConnectionPool {
  const options = {
    keepAlive: true,
    maxSockets: limits.maxConnectionsPerOrigin,
    maxFreeSockets: limits.maxConnectionsPerOrigin,
    timeout: limits.idleMs,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  };
  const http = new HttpAgent(options);
  const https = new HttpsAgent({ ...options, rejectUnauthorized: true });
  for (const agent of [http, https]) {
    const idle = boundIdle(agent, limits.maxIdleConnections);
    guardConnections(agent, guard, (socket) => {
      boundConnecting(socket, agent === https ? 'secureConnect' : 'connect', limits.connectTimeoutMs);
      // Read once while it is connected: Node remembers the answer for when the socket is gone.
      socket.once('connect', () => socket instanceof Socket && socket.remoteAddress);
      socket.once('close', () => idle.delete(socket));
    });
  }
  return {
    http,
    https,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** `net.connect` asks `lookup` for names only: an address in the URL is judged here. */
function guardConnections(agent: HttpAgent, guard: AddressGuard, onConnecting: (socket: Duplex) => void): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const host = options.host ?? 'localhost';
    if (isIP(host) !== 0 && !guard.allows(host))
      throw new NotDialled('forbidden_address', `the address ${host} is not public`);
    const socket = connect(options, callback);
    if (socket) onConnecting(socket);
    return socket;
  };
}

function boundConnecting(socket: Duplex, readyEvent: string, connectTimeoutMs: number): void {
  const timer = setTimeout(() => socket.destroy(new ConnectTimeout(connectTimeoutMs)), connectTimeoutMs);
  const done = () => clearTimeout(timer);
  socket.once(readyEvent, done);
  socket.once('close', done);
}

/**
 * Node bounds idle connections by origin only; many origins could hold every file descriptor of the process.
 *
 * @returns the idle connections, longest idle first
 */
function boundIdle(agent: HttpAgent, maxIdleConnections: number): Set<Duplex> {
  const idle = new Set<Duplex>();
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  const reuseSocket = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket) => {
    // Typed as void, but what it answers decides.
    const kept: unknown = keepSocketAlive(socket);
    if (!kept) return kept;
    idle.add(socket);
    const [oldest] = idle;
    if (oldest && idle.size > maxIdleConnections) {
      idle.delete(oldest); // its close event is later than other sockets that become idle now
      oldest.destroy();
    }
    return kept;
  };
  agent.reuseSocket = (socket, request) => {
    idle.delete(socket);
    reuseSocket(socket, request);
  };
  return idle;
}
