import pTimeout from 'p-timeout';
import pg from 'pg';
import type { Inspection, ServerInspector } from '../../ports/servers.ts';
import { migrationNames } from '../migrations.ts';
import { missingKeysFinding, readKeyUsage } from './encryption-keys.ts';
import { detectPooling, type Session } from './pooling.ts';
import { findingOfError, findingsOf, type PostgresFacts } from './postgres-findings.ts';

export interface PostgresInspectorOptions {
  readonly url: string;
  readonly applicationName: string;
  /** The ids of the encryption keys that this process has. */
  readonly keyIds: readonly string[];
  /** Bound for connecting, and for each statement. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 2000;
const END_MS = 500;
/** Reading which keys are in use takes a scan of the secrets. */
const KEYS_INTERVAL_MS = 60_000;

/** Inspects a Postgres over a connection of its own, so that a full pool does not look like a missing server. */
export class PostgresInspector implements ServerInspector {
  readonly #options: PostgresInspectorOptions;
  #client: pg.Client | undefined;
  /** Of the current connection. */
  #pooling: PostgresFacts['pooling'] | undefined;
  #keys: { readonly atMs: number; readonly findings: Inspection['findings'] } | undefined;

  constructor(options: PostgresInspectorOptions) {
    this.#options = options;
  }

  async inspect(): Promise<Inspection> {
    try {
      const client = await this.#connected();
      const facts = await this.#facts(client);
      const findings = findingsOf(facts);
      const { version, pooling } = facts;
      const keyFindings = findings.length === 0 ? await this.#keyFindings(client) : [];
      return { facts: { version, pooling }, findings: [...findings, ...keyFindings] };
    } catch (error) {
      void this.close(); // takes a while when the server is frozen
      return { facts: {}, findings: [findingOfError(error)] };
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#pooling = undefined;
    if (client) await end(client);
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = await this.#open();
    client.once('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    this.#client = client;
    return client;
  }

  async #open(): Promise<pg.Client> {
    const { url, applicationName, timeoutMs = TIMEOUT_MS } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      keepAlive: true,
    });
    client.on('error', () => {}); // the next statement fails and is reported
    try {
      await client.connect();
    } catch (error) {
      await end(client);
      throw error;
    }
    return client;
  }

  async #facts(client: pg.Client): Promise<PostgresFacts> {
    const { rows } = await client.query<FactsRow>(`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
        pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS read_only,
        to_regclass('_prisma_migrations') IS NOT NULL AS migrated`);
    const { version = '', number = 0, read_only = false, migrated = false } = rows[0] ?? {};
    const pooling = this.#pooling ?? (await this.#detectPooling(client));
    if (pooling !== 'transaction') this.#pooling = pooling; // the other may be corrected while we are connected
    return {
      version,
      versionNumber: number,
      readOnly: read_only,
      pooling,
      missingMigrations: await missingMigrations(client, migrated),
    };
  }

  #detectPooling(client: pg.Client): Promise<PostgresFacts['pooling']> {
    return detectPooling(sessionOf(client), async () => {
      const second = await this.#open();
      return { ...sessionOf(second), close: () => end(second) };
    });
  }

  async #keyFindings(client: pg.Client): Promise<Inspection['findings']> {
    const nowMs = performance.now();
    if (!this.#keys || nowMs - this.#keys.atMs >= KEYS_INTERVAL_MS) {
      const finding = missingKeysFinding(await readKeyUsage(client), this.#options.keyIds);
      this.#keys = { atMs: nowMs, findings: finding ? [finding] : [] };
    }
    return this.#keys.findings;
  }
}

interface FactsRow {
  readonly version: string;
  readonly number: number;
  readonly read_only: boolean;
  readonly migrated: boolean;
}

async function missingMigrations(client: pg.Client, migrated: boolean): Promise<readonly string[]> {
  const wanted = await migrationNames();
  if (!migrated) return wanted;
  const { rows } = await client.query<{ readonly name: string }>(`
    SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`);
  const applied = new Set(rows.map(({ name }) => name));
  return wanted.filter((name) => !applied.has(name));
}

function sessionOf(client: pg.Client): Session {
  return {
    promisedPid: (client as pg.Client & { readonly processID?: number }).processID ?? 0,
    async currentPid() {
      const { rows } = await client.query<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid');
      return rows[0]?.pid ?? 0;
    },
  };
}

/** Ends a connection, by force when the server does not answer. */
async function end(client: pg.Client): Promise<void> {
  const destroy = (): void => void client.connection.stream.destroy();
  await pTimeout(client.end(), { milliseconds: END_MS, fallback: destroy }).catch(() => {}); // it is closed already
}
