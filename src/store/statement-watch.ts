import { Unavailable } from '../domain/errors.ts';
import { isStatementTimeout, translateError } from './database-errors.ts';

export interface StatementWatchOptions {
  /**
   * Inspects the server; called, again and again, while a statement is open and the server has answered nothing for a while.
   * True when something is wrong with it. Without it, statements wait for a silent server.
   */
  readonly onSilence: (() => Promise<boolean>) | undefined;
  /** Monotonic, in milliseconds. */
  readonly nowMs?: () => number;
}

/** So long a server that has work may answer nothing before it is inspected. */
const SILENCE_MS = 750;
/** An inspection is a few short statements: a server that is silent for this long meanwhile is frozen. */
const INSPECTION_MS = 1500;
const CHECK_MS = 250;

interface OpenStatement {
  readonly startedAtMs: number;
  readonly reject: (error: Error) => void;
}

/**
 * Watches the statements of a database for a server that no longer answers: a frozen one accepts statements and stays silent,
 * and a caller must not wait for it. Once the server is known to be unavailable, open statements are rejected and new ones
 * refused at once, until the server answers again. A rejected statement may still take effect.
 */
export class StatementWatch {
  readonly #options: StatementWatchOptions;
  readonly #nowMs: () => number;
  /** In the order they started. */
  readonly #open = new Set<OpenStatement>();
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #isSuspended = false;
  #askedAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StatementWatchOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Runs a statement or a whole transaction; its errors are translated. @throws Unavailable at once while suspended */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isSuspended) return Promise.reject(new Unavailable('Postgres'));
    if (this.#options.onSilence) this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
    return new Promise((resolve, reject) => {
      const statement = { startedAtMs: this.#nowMs(), reject };
      this.#open.add(statement);
      this.runToEnd(work)
        .then(resolve, reject)
        .finally(() => this.#open.delete(statement));
    });
  }

  /**
   * Runs a statement inside a transaction; its errors are translated. It is never rejected before its end, nor refused: the
   * connection that a transaction leaves without its ROLLBACK would serve others.
   */
  async runToEnd<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#noteAnswer();
      return result;
    } catch (error) {
      const translated = translateError(error);
      if (isAnswer(translated)) this.#noteAnswer();
      throw translated;
    }
  }

  /** To be called when an inspection found the server unavailable. Without effect when it answered a statement just now. */
  suspend(): void {
    if (this.#nowMs() - this.#answeredAtMs < SILENCE_MS) return;
    this.#isSuspended = true;
    for (const { reject } of this.#open) reject(new Unavailable('Postgres'));
    this.#open.clear();
  }

  /** To be called when an inspection found the server available. */
  resume(): void {
    this.#isSuspended = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A rejected statement that is answered after all shows that the server is available. */
  #noteAnswer(): void {
    this.#answeredAtMs = this.#nowMs();
    this.#isSuspended = false;
  }

  #check(): void {
    const [oldest] = this.#open;
    if (!oldest) return;
    const nowMs = this.#nowMs();
    if (nowMs - Math.max(oldest.startedAtMs, this.#answeredAtMs) < SILENCE_MS) return;
    if (this.#askedAtMs === undefined) void this.#ask(nowMs);
    else if (nowMs - this.#askedAtMs >= INSPECTION_MS) this.suspend();
  }

  async #ask(nowMs: number): Promise<void> {
    this.#askedAtMs = nowMs;
    try {
      if (!(await this.#options.onSilence?.())) this.#answeredAtMs = this.#nowMs();
    } finally {
      this.#askedAtMs = undefined;
    }
  }
}

/** The server's own errors are answers too. */
function isAnswer(error: unknown): boolean {
  return !(error instanceof Unavailable) || isStatementTimeout(error.cause);
}
