import type { MessageId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import { type DeliveryPolicy, STANDARD_POLICY } from '../domain/policy.ts';
import type { Composer } from './compose-request.ts';
import { Unbuildable } from './dialect.ts';

/** Who does not know the address any more has nothing left to end (vendor-doors.md P-D7). */
export const unsubscribePolicy: DeliveryPolicy = {
  ...STANDARD_POLICY,
  success: [...STANDARD_POLICY.success, { from: 404, to: 404 }, { from: 410, to: 410 }],
  permanent: [],
};

/** Composes the DELETE that tells a receiver that its subscription was deleted: without body, unsigned. */
export function unsubscribeComposer(dialect: DialectName, url: string): Composer {
  const refuse = (): never => {
    throw new Unbuildable('the delivery has no event');
  };
  return {
    dialect,
    policy: unsubscribePolicy,
    limits: {},
    unreadable: undefined,
    url,
    consentOrigin: undefined,
    buildBody: refuse,
    buildOperationalBody: refuse,
    request: (body, messageId: MessageId) => ({
      method: 'DELETE',
      url,
      headers: { 'webhook-id': messageId },
      body,
      timeoutMs: unsubscribePolicy.timeoutMs,
    }),
    redacted: (headers) => ({ ...headers }),
    withoutEchoes: (outcome) => outcome,
  };
}
