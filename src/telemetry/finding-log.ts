import type { Finding, Part } from '../domain/readiness.ts';
import type { Log } from '../ports/process.ts';

/** A finding that stays is logged again this often. */
const REPEAT_MS = 60_000;

/** The code of the finding that a server does not answer. */
export const UNAVAILABLE = 'unavailable';

const NAMES: Readonly<Record<Part, string>> = {
  postgres: 'Postgres',
  redis: 'Redis',
  encryptionKeys: 'ENCRYPTION_KEYS',
};

interface Known {
  readonly finding: Finding;
  readonly sinceMs: number;
  loggedAtMs: number;
}

/** The current findings. Logs each when it begins, once a minute while it lasts, and when it has ended. */
export class FindingLog {
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, Known>();

  /** @param nowMs monotonic, in milliseconds */
  constructor(log: Log, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  current(): readonly Finding[] {
    return [...this.#known.values()].map(({ finding }) => finding);
  }

  update(findings: readonly Finding[]): void {
    const nowMs = this.#nowMs();
    const current = new Map(findings.map((finding) => [`${finding.part} ${finding.code}`, finding]));
    for (const [key, { finding, sinceMs }] of this.#known) {
      if (current.has(key)) continue;
      this.#known.delete(key);
      this.#logEnd(finding, nowMs - sinceMs);
    }
    for (const [key, finding] of current) {
      const known = this.#known.get(key);
      if (!known) this.#logBegin(finding);
      else if (nowMs - known.loggedAtMs >= REPEAT_MS) this.#logRepeat(finding, nowMs - known.sinceMs);
      else continue;
      this.#known.set(key, { finding, sinceMs: known?.sinceMs ?? nowMs, loggedAtMs: nowMs });
    }
  }

  #logBegin(finding: Finding): void {
    const { part, code, effect, advice, context } = finding;
    const fields = { part, code, ...context };
    if (effect === 'blocks') this.#log.error(fields, `${describe(finding)}. No work is taken. To correct: ${advice}`);
    else this.#log.warn(fields, `${describe(finding)}. To correct: ${advice}`);
  }

  #logRepeat(finding: Finding, lastedMs: number): void {
    const { part, code, advice } = finding;
    const fields = { part, code, lastedMs: Math.round(lastedMs) };
    this.#log.warn(fields, `${describe(finding)}, unchanged. To correct: ${advice}`);
  }

  #logEnd(finding: Finding, lastedMs: number): void {
    const { part, code } = finding;
    const fields = { part, code, lastedMs: Math.round(lastedMs) };
    const isBack = code === UNAVAILABLE;
    this.#log.info(fields, isBack ? `${NAMES[part]} is available again` : `Resolved: ${describe(finding)}`);
  }
}

function describe({ part, code, detail }: Finding): string {
  return code === UNAVAILABLE ? `${NAMES[part]} is unavailable` : `${NAMES[part]}: ${detail}`;
}
