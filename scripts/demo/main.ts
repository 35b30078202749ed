import { Receiver } from '../../test/support/receiver.ts';
import { Api } from './api.ts';
import { Child } from './child.ts';
import { checkEverything } from './everything.ts';
import { showVendor, type Tenant } from './examples.ts';
import { readVendors } from './fixtures.ts';
import { type Installation, install } from './installation.ts';
import { STANDARD } from './own-dialect.ts';
import { Report } from './report.ts';
import { command, entry, title } from './terminal.ts';
import { setUpTroubles, showDeadLetter, showRetry } from './troubles.ts';

// The demo itself, on the servers of DATABASE_URL and REDIS_URL; started by scripts/demo.mjs. `--once`: does not stay up.

const INTERRUPTED = 130;
const TENANTS = ['demo', 'demo-2'];

const once = process.argv.includes('--once');
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
});

// What was interrupted may still wait for something.
process.exit(await run().catch(explain));

function explain(error: unknown): number {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  return 1;
}

/** @returns the exit code */
async function run(): Promise<number> {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '', SERVERS: servers = '' } = process.env;
  const receiver = await Receiver.start();
  const installation = await install({ databaseUrl, redisUrl }, receiver.url('/try'));
  try {
    title('Passwire demo');
    entry('servers', servers);
    entry('console', `${installation.url}/console`);
    entry('API', installation.url);
    entry('receiver', receiver.url('/'));
    const report = await unlessEnded(show(installation, receiver), installation);
    if (report === 'interrupted') return INTERRUPTED;
    if (once || report.reasons.length > 0) return conclude(report);
    await unlessEnded(new Promise<never>(() => {}), installation);
    title('Stopping');
    return 0;
  } finally {
    await receiver.close();
    await installation.stop();
  }
}

/** Waits for `work`, or for Ctrl-C. @throws Error when a process of the installation ends by itself */
async function unlessEnded<T>(work: Promise<T>, { children }: Installation): Promise<T | 'interrupted'> {
  const died = children.map(async (child) => {
    await child.exit();
    return child;
  });
  const outcome = await Promise.race([work, interrupted, ...died]);
  if (outcome instanceof Child) throw new Error(`the ${outcome.name} process ended by itself:\n${outcome.logTail()}`);
  return outcome;
}

async function show({ url, adminKey }: Installation, receiver: Receiver): Promise<Report> {
  const report = new Report();
  const admin = new Api(url, adminKey);
  const tenants = await Promise.all(TENANTS.map((name) => makeTenant(admin, url, name, receiver)));

  title('Six dialects: the received request, its verified signatures, and the delivery as the API shows it');
  for (const vendor of [...readVendors(), STANDARD]) await showVendor(tenants, vendor, report);

  title('When endpoints fail');
  const [tenant] = tenants;
  if (!tenant) throw new Error('the demo has no tenant');
  const paths = await setUpTroubles(tenant);
  await showRetry(tenant, paths.flaky, report);
  await showDeadLetter(tenant, paths.broken, report);

  title('All in all');
  await checkEverything(tenants, report);
  if (!once) tellHowToGoOn(url, adminKey, tenant.api.key);
  return report;
}

async function makeTenant(admin: Api, url: string, name: string, receiver: Receiver): Promise<Tenant> {
  const { id: tenantId } = await admin.post<{ id: string }>('/v1/tenants', { name });
  const { key } = await admin.post<{ key: string }>('/v1/api-keys', { name: 'demo', role: 'tenant', tenantId });
  return { name, api: new Api(url, key), receiver };
}

function conclude({ reasons }: Report): number {
  for (const reason of reasons) console.error(`wrong: ${reason}`);
  return reasons.length > 0 ? 1 : 0;
}

function tellHowToGoOn(url: string, adminKey: string, tenantKey: string): void {
  title('Still running: Ctrl-C stops everything');
  entry('console', `${url}/console`);
  entry('API', url);
  entry('OpenAPI', `${url}/openapi.json`);
  entry('tenant key', tenantKey);
  entry('admin key', adminKey);
  command(`curl -H 'authorization: Bearer ${tenantKey}' '${url}/v1/deliveries?limit=3'`);
}
