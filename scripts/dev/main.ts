import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ensureConsole } from '../build-console.mjs';
import { entry, title } from '../demo/terminal.ts';
import { freePort, isFree } from '../servers.mjs';
import { watchSource } from './changes.ts';
import { DevInstallation } from './installation.ts';

// API and worker on the servers of DATABASE_URL and REDIS_URL; started by scripts/dev.mjs. What else src/config.ts reads can
// be set in the environment as well.

const USUAL_PORT = 3000;

const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const { ADMIN_KEY: adminKey = randomBytes(24).toString('base64url'), SERVERS: servers = '' } = process.env;
const port = process.env.PORT ?? String((await isFree(USUAL_PORT)) ? USUAL_PORT : await freePort());
const url = `http://127.0.0.1:${port}`;
const installation = new DevInstallation(url, {
  HOST: '127.0.0.1',
  ENCRYPTION_KEYS: `dev:${randomBytes(32).toString('base64')}`,
  // receivers on this machine, without a certificate
  ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8,::1/128',
  ALLOW_HTTP: 'true',
  // nothing waits here for attempts in flight
  SHUTDOWN_TIMEOUT_MS: '1000',
  ...definedOf(process.env),
  PORT: port,
  ADMIN_KEY: adminKey,
});

let isStopping = false;
let starting: Promise<void> = Promise.resolve();
try {
  await installation.migrate();
  starting = start();
  const unwatch = watchSource(async (file) => {
    await starting;
    starting = restart(file);
    await starting;
  });
  await interrupted;
  isStopping = true;
  unwatch();
  title('Stopping');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await installation.stop();
}
await starting;
process.exit();

async function start(): Promise<void> {
  const reason = await installation.start();
  if (isStopping) return;
  if (reason !== undefined) return title(`${reason}; a change starts both again`);
  title('Ready; a change in src, workers or console restarts it, Ctrl-C stops it');
  entry('console', `${url}/console`);
  entry('API', url);
  entry('OpenAPI', `${url}/openapi.json`);
  entry('admin key', adminKey);
  entry('servers', servers);
}

async function restart(file: string): Promise<void> {
  title(`${file} changed: restarting`);
  await installation.stop();
  buildConsole();
  if (!isStopping) await start();
}

/** Nothing to do unless the console has changed. One that cannot be built is reported, and the last one is served. */
function buildConsole(): void {
  try {
    ensureConsole();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
