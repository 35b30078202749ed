import { randomUUID } from 'node:crypto';
import { openParts } from '../dialects/open-secrets.ts';
import { conflict, invalid, notFound } from '../domain/errors.ts';
import type { IntegrationId, MessageId, TenantId } from '../domain/id.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { webhookHeaders, webhookSigner } from '../domain/signing.ts';
import type { IntegrationStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';

export interface SignProofDeps {
  readonly integrations: Pick<IntegrationStore, 'find' | 'secrets'>;
  readonly box: SecretBox;
  readonly clock: Clock;
}

/** What `webhook-id` of a signed proof begins with: it is no webhook, and no delivery has such an id. */
const PROOF_PREFIX = 'proof_';

/**
 * Signs the bytes of a proof as Standard Webhooks signs a body: with the integration's ed25519 key where it has one, else with its
 * symmetric secret; during a rotation with both of that kind.
 *
 * @returns `webhook-id`, `webhook-timestamp` and `webhook-signature`
 * @throws Problem invalid when the target belongs to several integrations; conflict when the secret cannot be opened
 */
export async function signProof(
  { integrations, box, clock }: SignProofDeps,
  tenantId: TenantId,
  integrationIds: readonly IntegrationId[],
  json: string,
): Promise<Record<string, string>> {
  const [id, ...others] = integrationIds;
  if (id === undefined || others.length > 0) {
    throw invalid([{ pointer: '/sign', detail: 'needs one integration: name a subscriptionId or an endpointId' }]);
  }
  const [integration, secrets] = await Promise.all([integrations.find(tenantId, id), integrations.secrets(tenantId, id)]);
  if (!integration) throw notFound('integration');
  const opened = openParts(box, integration, secrets);
  if (opened.unreadable !== undefined) throw conflict('secret-unreadable', `Nothing can be signed: ${opened.unreadable}.`);
  const hasKeyPair = opened.secrets.some(({ kind }) => kind === 'webhook-ed25519');
  const signing = opened.secrets.filter(({ kind }) => kind === (hasKeyPair ? 'webhook-ed25519' : 'webhook'));
  const messageId = `${PROOF_PREFIX}${randomUUID()}` as MessageId;
  return webhookHeaders(signing.map(webhookSigner), messageId, Math.floor(clock() / 1000), json);
}
