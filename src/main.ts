import './memory.ts';
import type { AddressInfo } from 'node:net';
import packageJson from '../package.json' with { type: 'json' };
import { createApiServer } from './api/server.ts';
import { readConfigOrExit, withoutSecrets } from './config.ts';
import { createApiContainer } from './container.ts';

// The API process: config -> container -> listen -> drain.

const config = readConfigOrExit(process.env);
const { app, log, servers, endStreams, close } = createApiContainer(config);
const server = createApiServer(app);
log.info({ version: packageJson.version, settings: withoutSecrets(config) }, 'API starting');

server.listen(config.listen.port, config.listen.host, () => {
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port }, 'API listening');
});
server.on('error', (err) => {
  log.fatal({ err }, 'API could not listen');
  process.exit(1);
});
void servers.start();

let draining = false;
async function drain(signal: NodeJS.Signals): Promise<void> {
  if (draining) return;
  draining = true;
  log.info({ signal }, 'draining: accepting no new connections, finishing requests in progress');
  const deadline = setTimeout(() => {
    log.warn('shutdown deadline reached; closing connections with unfinished requests');
    server.closeAllConnections();
  }, config.shutdownTimeoutMs);
  const closed = new Promise((resolve) => server.close(resolve));
  endStreams();
  server.closeIdleConnections();
  await closed;
  clearTimeout(deadline);
  await close();
  process.exit(0);
}
process.on('SIGTERM', drain);
process.on('SIGINT', drain);
