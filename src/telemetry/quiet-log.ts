import type { Log } from '../ports/process.ts';

const REPEAT_MS = 60_000;

interface Folded {
  readonly atMs: number;
  suppressed: number;
}

/**
 * A log whose warnings about failures (those with an `err`) are few: the state of the servers is logged by itself, so a failure
 * that it explains is dropped; another is logged once a minute for each message, with the number of those in between.
 *
 * @param explains finds out whether an unavailable server explains a failure
 * @param nowMs monotonic, in milliseconds
 */
export function quietLog(log: Log, explains: () => Promise<boolean>, nowMs = () => performance.now()): Log {
  const folded = new Map<string, Folded>();
  return {
    info: (fields, message) => log.info(fields, message),
    error: (fields, message) => log.error(fields, message),
    warn(fields, message) {
      if (!('err' in fields)) return log.warn(fields, message);
      const earlier = folded.get(message);
      if (earlier && nowMs() - earlier.atMs < REPEAT_MS) {
        earlier.suppressed += 1;
        return;
      }
      const entry = { atMs: nowMs(), suppressed: 0 };
      folded.set(message, entry);
      explains().then((explained) => {
        if (explained) folded.delete(message);
        else log.warn({ ...fields, ...(earlier?.suppressed && { suppressed: earlier.suppressed }) }, message);
      });
    },
  };
}
