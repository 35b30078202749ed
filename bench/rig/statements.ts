import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig } from './rig.ts';

// Counts SQL statements where they run, from the server's own log: whatever a client has executed is a line there, BEGIN and
// COMMIT too, with the client's name. (pg_stat_statements sees a prepared BEGIN or COMMIT only once for each connection: it
// changes the cached plan, up to PostgreSQL 15 at least.) Logging is on in the counting round only.

export interface StatementCount {
  /** As in `application_name`. */
  readonly client: string;
  readonly text: string;
  readonly calls: number;
}

const SETTINGS = {
  log_statement: "'all'",
  log_line_prefix: "'[%a|%d] '",
  log_parameter_max_length: '0',
};
/** Lines of a statement's text after its first begin with a tab. */
const ENTRY_START = /^(?=\[)/m;
const ENTRY = /^\[([^|\]]*)\|([^\]]*)\] LOG: {2}(?:statement|execute [^:]*): (.*)/s;
const FLUSHED_MS = 300;
const TEXT_CHARS = 160;

/** What clients named `passwire...` execute on one database while `work` does, most frequent first. */
export async function countStatements(
  rig: Rig,
  database: string,
  work: () => Promise<void>,
): Promise<readonly StatementCount[]> {
  const { logFile } = rig.servers.postgres;
  await logging(rig, true);
  const { size: from } = await stat(logFile);
  try {
    await work();
    await sleep(FLUSHED_MS);
    return count(await readFrom(logFile, from), database);
  } finally {
    await logging(rig, false);
  }
}

async function logging({ sql }: Rig, on: boolean): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS)) {
    await sql.query(on ? `ALTER SYSTEM SET ${name} = ${value}` : `ALTER SYSTEM RESET ${name}`);
  }
  await sql.query('SELECT pg_reload_conf()');
  await sleep(FLUSHED_MS);
}

async function readFrom(file: string, from: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read({ buffer: Buffer.alloc(size - from), position: from });
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

function count(log: string, database: string): StatementCount[] {
  const counts = new Map<string, StatementCount>();
  for (const entry of log.split(ENTRY_START)) {
    const [, client = '', inDatabase, statement = ''] = ENTRY.exec(entry) ?? [];
    if (inDatabase !== database || !client.startsWith('passwire')) continue;
    const text = statement.replace(/\s+/g, ' ').trim().slice(0, TEXT_CHARS);
    const key = `${client} ${text}`;
    counts.set(key, { client, text, calls: (counts.get(key)?.calls ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.calls - a.calls);
}
