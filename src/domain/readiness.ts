/** What a process needs in order to work, each reported by itself. */
export const PARTS = ['postgres', 'redis', 'encryptionKeys'] as const;
export type Part = (typeof PARTS)[number];

/**
 * The effect of a finding.
 *
 * - `blocks`: no work is taken until a person has changed something
 * - `interrupts`: the part is unavailable; the process waits for it and continues by itself
 * - `restricts`: the part refuses some calls; the process does what is possible
 * - `degrades`: everything works, but what `detail` names endangers it
 */
export type Effect = 'blocks' | 'interrupts' | 'restricts' | 'degrades';

/** Something wrong with a part. */
export interface Finding {
  readonly part: Part;
  /** Stable; two findings with the same part and code are the same finding. */
  readonly code: string;
  readonly effect: Effect;
  /** For anybody who asks for the readiness: names no host, user or database. */
  readonly detail: string;
  /** What to do, for the log. */
  readonly advice: string;
  /** Further fields for the log. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export type Status = 'ready' | 'degraded' | 'unavailable';

export interface PartReadiness {
  readonly ok: boolean;
  readonly detail?: string | undefined;
}

export interface Readiness {
  readonly status: Status;
  readonly parts: Readonly<Record<Part, PartReadiness>>;
}

/**
 * The readiness of a process.
 *
 * @param vital the parts without which the process does no work; an interruption of another part only degrades it
 */
export function readinessOf(findings: readonly Finding[], vital: readonly Part[]): Readiness {
  const parts = Object.fromEntries(
    PARTS.map((part) => [part, partOf(findings.filter((finding) => finding.part === part))]),
  );
  const status = findings.some((finding) => stopsWork(finding, vital))
    ? 'unavailable'
    : findings.length > 0
      ? 'degraded'
      : 'ready';
  return { status, parts: parts as Record<Part, PartReadiness> };
}

/** True when the process does no work because of it. */
export function stopsWork({ part, effect }: Finding, vital: readonly Part[]): boolean {
  return effect === 'blocks' || (effect === 'interrupts' && vital.includes(part));
}

function partOf(findings: readonly Finding[]): PartReadiness {
  if (findings.length === 0) return { ok: true };
  return { ok: false, detail: findings.map(({ detail }) => detail).join('; ') };
}
