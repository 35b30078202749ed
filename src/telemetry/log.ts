import pino, { type Logger } from 'pino';
import { BufferedLines } from './buffered-lines.ts';

/** Creates the log of a process: JSON lines on standard output. */
export function createLog(name: string, level: string): Logger {
  return pino({ level, base: { process: name } }, new BufferedLines(pino.destination({ dest: 1, sync: true })));
}
