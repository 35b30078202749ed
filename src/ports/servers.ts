import type { Finding } from '../domain/readiness.ts';

/** What was found of a server: its version and settings, and what is wrong with it. */
export interface Inspection {
  /** For the log; empty when the server did not answer. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

export interface ServerInspector {
  /** Looks at the server over a connection of its own. Bounded in time; never throws. */
  inspect(): Promise<Inspection>;
  close(): Promise<void>;
}
