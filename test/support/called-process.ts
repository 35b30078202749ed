import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Commands, Reply } from './calls.ts';
import { type Env, NodeProcess } from './node-process.ts';

const LOG_TAIL_CHARS = 3000;

export interface CalledProcessSpec {
  readonly name: string;
  /** Relative to the project's root. */
  readonly script: string;
  readonly logFile: string;
  readonly env?: Env;
  /** A module that runs before the script, as `bench/preload/...`. */
  readonly preload?: string | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A process that answers the commands `C` (see calls.ts) and writes its output to a file. */
export class CalledProcess<C extends Commands = Commands> extends NodeProcess {
  readonly logFile: string;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor({ name, script, logFile, env = {}, preload }: CalledProcessSpec) {
    const log = openSync(logFile, 'a');
    super({ name, script, env, preload, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.logFile = logFile;
    this.child.on('message', (message) => this.#settle(message as Reply));
    this.child.once('exit', () => this.#end());
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** @throws Error when the command fails or the process ends first */
  call<K extends keyof C & string>(command: K, ...input: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>> {
    return new Promise((resolve, reject) => {
      if (!this.running) return reject(this.#ended());
      const call = this.#calls++;
      this.#pending.set(call, { resolve: (result) => resolve(result as Awaited<ReturnType<C[K]>>), reject });
      this.child.send({ call, command, input: input[0] });
    });
  }

  #settle({ call, result, error }: Reply): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(`${this.name}: ${error}`));
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(this.#ended());
    this.#pending.clear();
  }

  #ended(): Error {
    return new Error(`${this.name} ended:\n${this.log.slice(-LOG_TAIL_CHARS)}`);
  }
}
