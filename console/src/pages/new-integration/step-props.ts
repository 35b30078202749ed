import type { Dialect, Draft } from './draft.ts';

export interface StepProps {
  readonly tenantId: string;
  readonly dialects: readonly Dialect[];
  /** The chosen one. */
  readonly dialect: Dialect | undefined;
  readonly draft: Draft;
  change(members: Partial<Draft>): void;
}
