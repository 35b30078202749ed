import { z } from 'zod';
import { type ProofTarget, proveDelivery } from '../../admin/prove-delivery.ts';
import { signProof } from '../../admin/sign-proof.ts';
import { invalid } from '../../domain/errors.ts';
import type { EndpointId, SubscriptionId } from '../../domain/id.ts';
import { booleanQuery, idQuery } from '../paging.ts';
import { proofSchema, showProof } from '../proof-view.ts';
import { RawAnswer, type Route, tenantRoute } from '../route.ts';

const proofQuery = z.strictObject({
  subscriptionId: idQuery('subscription', 'To this subscription, deleted or not.'),
  endpointId: idQuery('endpoint', 'To this endpoint.'),
  url: z
    .string()
    .max(2048)
    .optional()
    .meta({ description: 'To this URL, in any spelling.', examples: ['https://hooks.example.com/wallet'] }),
  include: z
    .enum(['body'])
    .optional()
    .meta({ description: '`body`: bodies up to 256 KiB too.', examples: ['body'] }),
  sign: booleanQuery("`true`: signed with the integration's key, in the headers of the response."),
});

export const proofRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'events',
    method: 'get',
    path: '/v1/events/{id}/proof',
    operationId: 'getEventProof',
    summary: 'Prove whether an event was delivered, to a subscription, an endpoint, a URL or anywhere',
    description:
      "When, with which body (its SHA-256 and size; itself with `include=body`), and how it was answered; or that there is no delivery, and why. Name at most one of `subscriptionId`, `endpointId` and `url`; none: anywhere. With `sign=true` the response has `webhook-id` (`proof_…`), `webhook-timestamp` and `webhook-signature`, which sign its exact bytes as Standard Webhooks does: with the integration's ed25519 key where it has one (v1a), else with its secret (v1). `passwire verify` verifies it.",
    id: 'event',
    query: proofQuery,
    status: 200,
    answer: proofSchema,
    async handle(context, { tenantId, id, query: { include, sign, ...target } }) {
      const proof = await proveDelivery(context, tenantId, id, oneOf(target));
      const shown = showProof(proof, tenantId, context.clock(), include === 'body');
      if (!sign) return shown;
      const json = JSON.stringify(shown);
      const headers = await signProof(context, tenantId, proof.integrationIds, json);
      return new RawAnswer(json, 'application/json; charset=utf-8', headers);
    },
  }),
];

interface Targets {
  readonly subscriptionId?: SubscriptionId | undefined;
  readonly endpointId?: EndpointId | undefined;
  readonly url?: string | undefined;
}

/** Undefined: anywhere. @throws Problem invalid when several are named */
function oneOf({ subscriptionId, endpointId, url }: Targets): ProofTarget | undefined {
  const named: ProofTarget[] = [
    ...(subscriptionId ? [{ subscriptionId }] : []),
    ...(endpointId ? [{ endpointId }] : []),
    ...(url ? [{ url }] : []),
  ];
  const [target, ...others] = named;
  if (others.length === 0) return target;
  throw invalid([{ pointer: '/subscriptionId', detail: 'can be named, or endpointId, or url: at most one of the three' }]);
}
