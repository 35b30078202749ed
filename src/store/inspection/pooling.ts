import type { PostgresFacts } from './postgres-findings.ts';

/** A connection as its server process sees it. */
export interface Session {
  /** The server process that this connection was promised, from its BackendKeyData message. */
  readonly promisedPid: number;
  /** The server process that ran a statement just now. */
  currentPid(): Promise<number>;
}

const ROUNDS = 5;

/**
 * Detects a connection pooler. It promises a process id of its own making (PostgreSQL documentation 55.2.9: the key serves
 * cancel requests). In transaction mode it also lends one server process to two connections in turn, or several to one, which
 * never happens between sessions.
 *
 * @param openSecond opens another connection the same way; called only where there is a pooler
 */
export async function detectPooling(
  first: Session,
  openSecond: () => Promise<Session & { close(): Promise<void> }>,
): Promise<PostgresFacts['pooling']> {
  const firstPid = await first.currentPid();
  if (firstPid === first.promisedPid) return 'none';
  const second = await openSecond();
  try {
    const secondPid = await second.currentPid();
    for (let round = 0; round < ROUNDS; round++) {
      const pids = [await first.currentPid(), await second.currentPid()];
      if (firstPid === secondPid || pids[0] !== firstPid || pids[1] !== secondPid) return 'transaction';
    }
    return 'session';
  } finally {
    await second.close();
  }
}
