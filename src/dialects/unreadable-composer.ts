import type { Integration } from '../domain/integration.ts';
import { overridden, STANDARD_POLICY } from '../domain/policy.ts';
import type { Composer } from './compose-request.ts';
import { Unbuildable } from './dialect.ts';

/**
 * Stands in for a composer that cannot be made: for example, a later version of the product has stored a dialect that this one does
 * not have. Every attempt fails with `reason` and is retried, by the standard policy where the integration has none of its own.
 */
export function unreadableComposer({ dialect, policy, limits }: Integration, reason: string): Composer {
  const refuse = (): never => {
    throw new Unbuildable(reason);
  };
  return {
    dialect,
    policy: overridden(STANDARD_POLICY, policy),
    limits,
    unreadable: reason,
    url: '',
    consentOrigin: undefined,
    buildBody: refuse,
    buildOperationalBody: refuse,
    request: refuse,
    redacted: () => ({}),
    withoutEchoes: (outcome) => outcome,
  };
}
