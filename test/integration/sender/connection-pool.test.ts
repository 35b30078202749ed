import { type Agent, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAddressGuard } from '../../../src/sender/address-guard.ts';
import { createConnectionPool } from '../../../src/sender/connection-pool.ts';
import { startRawServer } from './raw-server.ts';

// The sender judges an address in a URL before it asks for a connection; the pool does not rely on that.

const LIMITS = { maxConnectionsPerOrigin: 4, maxIdleConnections: 4, idleMs: 1000, connectTimeoutMs: 1000 };

describe('connection pool', () => {
  it.each([
    ['http', request],
    ['https', secureRequest],
  ] as const)('dials no forbidden address by %s, through any agent', async (scheme, ask) => {
    const server = await startRawServer({});
    const pool = createConnectionPool(createAddressGuard([]), (_name, _options, callback) => callback(null, []), LIMITS);
    onTestFinished(() => pool.close());
    const agent: Agent = pool[scheme];
    expect(() => ask({ host: '127.0.0.1', port: server.port, agent })).toThrow('the address 127.0.0.1 is not public');
    expect(server.accepted).toBe(0);
  });
});
