import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Env, NodeProcess, ROOT } from '../../test/support/node-process.ts';

const LOG_TAIL_LINES = 15;

/** A process of the demo; what it logs goes to a file below `.passwire`. */
export class Child extends NodeProcess {
  readonly logFile: string;

  constructor(name: string, script: string, env: Env) {
    const logFile = join(ROOT, '.passwire', `demo-${name}.log`);
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'w');
    // stopped in order by the demo, not by Ctrl-C on its own
    super({ name, script, env, stdio: ['ignore', log, log], guard: 'SIGTERM', detached: true });
    closeSync(log);
    this.logFile = logFile;
  }

  /** The end of its log, for an error's message. */
  logTail(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }
}
