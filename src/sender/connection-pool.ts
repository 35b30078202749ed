import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AddressGuard } from './address-guard.ts';
import { NotDialled } from './guarded-lookup.ts';

export interface PoolLimits {
  /** Concurrent connections to one origin (scheme, name, port). Further sends wait, and their timeout includes the wait. */
  readonly maxConnectionsPerOrigin: number;
  /** Idle connections per scheme, over all origins. Beyond it, the connection idle for longest is closed. */
  readonly maxIdleConnections: number;
  /**
   * How long an idle connection stays open. Shorter than the servers' own limit (Node and Apache: 5 s; a response's
   * `Keep-Alive: timeout` is obeyed too), so that a request rarely reuses a connection that the server is closing.
   */
  readonly idleMs: number;
  /** Bound for name lookup, TCP and TLS handshake of a new connection together. */
  readonly connectTimeoutMs: number;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface ConnectionPool extends Agents {
  /** Agents that dial for every request and reuse no connection. Their connections do not count towards the limits. */
  readonly fresh: Agents;
  close(): void;
}

/** A connection was not established in time. Node's and got's errors carry it as their cause. */
export class ConnectTimeout extends Error {
  constructor(afterMs: number) {
    super(`no connection within ${afterMs} ms`);
    this.name = 'ConnectTimeout';
  }
}

/** Node's default of 250 ms aborts every address but the last for hosts with a long round trip (RFC 8305, 5). */
const NEXT_ADDRESS_AFTER_MS = 500;

/**
 * Returns keep-alive agents that dial only addresses the guard allows.
 *
 * The total of busy connections is not bounded: each belongs to a send, and the caller bounds concurrent sends. Node's
 * `maxTotalSockets` also counts idle connections; with that many idle, a send to a new origin would wait.
 */
export function createConnectionPool(guard: AddressGuard, lookup: LookupFunction, limits: PoolLimits): ConnectionPool {
  const options = {
    timeout: limits.idleMs,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  };
  const perOrigin = limits.maxConnectionsPerOrigin;
  const pooled = agentsWith({ ...options, keepAlive: true, maxSockets: perOrigin, maxFreeSockets: perOrigin });
  const fresh = agentsWith(options);
  for (const agent of [pooled.http, pooled.https]) {
    const idle = boundIdle(agent, limits.maxIdleConnections);
    guardConnections(agent, guard, limits.connectTimeoutMs, (socket) => socket.once('close', () => idle.delete(socket)));
  }
  for (const agent of [fresh.http, fresh.https]) guardConnections(agent, guard, limits.connectTimeoutMs);
  return {
    ...pooled,
    fresh,
    close() {
      for (const agent of [pooled.http, pooled.https, fresh.http, fresh.https]) agent.destroy();
    },
  };
}

function agentsWith(options: AgentOptions): Agents {
  return { http: new HttpAgent(options), https: new HttpsAgent({ ...options, rejectUnauthorized: true }) };
}

/** `net.connect` calls `lookup` only for names, so an IP address in the URL is checked here. */
function guardConnections(
  agent: HttpAgent,
  guard: AddressGuard,
  connectTimeoutMs: number,
  onConnecting: (socket: Duplex) => void = () => {},
): void {
  const readyEvent = agent instanceof HttpsAgent ? 'secureConnect' : 'connect';
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const host = options.host ?? 'localhost';
    if (isIP(host) !== 0 && !guard.allows(host))
      throw new NotDialled('forbidden_address', `the address ${host} is not public`);
    const socket = connect(options, callback);
    if (!socket) return socket;
    boundConnecting(socket, readyEvent, connectTimeoutMs);
    // Node caches the remote address on the first read; it cannot be read after the socket closes.
    socket.once('connect', () => socket instanceof Socket && socket.remoteAddress);
    onConnecting(socket);
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
 * Bounds idle connections over all origins. Node bounds them per origin only, so many origins could use up the process's
 * file descriptors.
 *
 * @returns the idle connections, longest idle first; the caller removes those that close
 */
function boundIdle(agent: HttpAgent, maxIdleConnections: number): Set<Duplex> {
  const idle = new Set<Duplex>();
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  const reuseSocket = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket) => {
    // Typed as void, but Node closes the connection when the result is false.
    const reusable: unknown = keepSocketAlive(socket);
    if (!reusable) return reusable;
    idle.add(socket);
    const [oldest] = idle;
    if (oldest && idle.size > maxIdleConnections) {
      idle.delete(oldest); // the close event is too late when several connections become idle in one tick
      oldest.destroy();
    }
    return reusable;
  };
  agent.reuseSocket = (socket, request) => {
    idle.delete(socket);
    reuseSocket(socket, request);
  };
  return idle;
}
