import type { Env } from '../../support/node-process.ts';
import type { Installation } from '../installation.ts';
import type { Promises } from '../promises.ts';
import type { Run } from '../run.ts';
import type { Ground } from '../targets.ts';

/** One fault in mid-run, and what is promised for it beside the general promises (see promises.ts). */
export interface Scenario {
  readonly name: string;
  /** In words, as the name of its test. */
  readonly what: string;
  /** Of API and workers. */
  readonly env?: Env;
  readonly ground?: Ground;
  readonly promises?: Promises;
  /** Gives the servers a disk of their own of this size; such a scenario runs only where that can be mounted. */
  readonly diskMiB?: number;
  /** Done before API and workers start, with servers that run. */
  prepare?(installation: Installation): Promise<void>;
  /** Called in mid-run. When it returns, the fault is over. */
  fault?(run: Run): Promise<void>;
}
