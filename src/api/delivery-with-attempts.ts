import { z } from 'zod';
import { type ExplainDeliveryDeps, type ExplainedDelivery, explainOne } from '../admin/explain-delivery.ts';
import { RULE_CODES } from '../admin/explanation/rule.ts';
import { sentBody } from '../dialects/cloudevents.ts';
import { Problem } from '../domain/errors.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import { ATTEMPT_EXAMPLE, attemptSchema, REQUEST_EXAMPLE, requestSchema, showAttempt } from './attempt-view.ts';
import { DELIVERY_EXAMPLE, deliverySchema, showDelivery } from './delivery-view.ts';
import { EXPLANATION_EXAMPLE, explanationShape, showExplanation } from './explanation-view.ts';
import type { Caller } from './key-ring.ts';
import { RawAnswer } from './route.ts';

/** Longer bodies are cut in JSON; `/body` has all of it. */
const MAX_SHOWN_BYTES = 256 * 1024;

const RULE_EXAMPLE = { code: 'success', text: 'An answer from 200 to 299 is a success.' };
const EXPLAINED_EXAMPLE = { ...ATTEMPT_EXAMPLE, byHand: false, rule: RULE_EXAMPLE };

const explainedAttemptSchema = attemptSchema
  .extend({
    byHand: z.boolean().meta({ description: 'Whether a person brought it forward.' }),
    rule: z
      .strictObject({
        code: z.enum(RULE_CODES).meta({ description: 'Which rule.' }),
        text: z.string().meta({ description: 'The rule in words, as the policy of today has it.' }),
      })
      .meta({ id: 'AppliedRule', description: 'The rule that gave the verdict.', examples: [RULE_EXAMPLE] }),
  })
  .meta({ id: 'ExplainedAttempt', description: 'An attempt with the rule that judged it.', examples: [EXPLAINED_EXAMPLE] });

const BODY_EXAMPLE = { body: '{"pass-id":"customer-1042"}', bodyTruncated: false };

export const deliveryWithAttemptsSchema = deliverySchema
  .extend({
    attempts: z.array(explainedAttemptSchema).meta({ description: 'All attempts, the first one first.' }),
    request: requestSchema
      .extend({
        body: z.string().meta({ description: 'The body, byte for byte, up to 256 KiB.' }),
        bodyTruncated: z.boolean().meta({ description: 'Whether the body is longer: `/body` has all of it.' }),
      })
      .meta({
        id: 'SentRequestWithBody',
        description: 'A request to an endpoint, with its body.',
        examples: [{ ...REQUEST_EXAMPLE, ...BODY_EXAMPLE }],
      })
      .nullable()
      .meta({ description: 'The last request. Null: none was sent.' }),
    bodyBytes: z.int().nullable().meta({ description: 'The size of the whole body. Null: none was built.' }),
    ...explanationShape,
  })
  .meta({
    id: 'DeliveryWithAttempts',
    description: 'A delivery with its attempts, the exact request, and why it is in its state.',
    examples: [
      {
        ...DELIVERY_EXAMPLE,
        attempts: [EXPLAINED_EXAMPLE],
        request: { ...REQUEST_EXAMPLE, ...BODY_EXAMPLE },
        bodyBytes: 27,
        ...EXPLANATION_EXAMPLE,
      },
    ],
  });

/** A delivery with its attempts, the exact request and its explanation. @throws Problem not_found */
export async function showWithAttempts(
  deps: ExplainDeliveryDeps,
  tenantId: TenantId,
  id: DeliveryId,
  { role, tenantId: reader }: Pick<Caller, 'role' | 'tenantId'>,
): Promise<z.infer<typeof deliveryWithAttemptsSchema>> {
  const explained = await explainOne(deps, tenantId, id, reader);
  const attempts = explained.attempts.map(({ attempt, rule, isByHand }) => ({
    ...showAttempt(attempt, role),
    byHand: isByHand,
    rule: { ...rule },
  }));
  const body = wireBody(explained);
  const sent = attempts.findLast(({ request }) => request !== null)?.request;
  return {
    ...showDelivery(explained.shown),
    attempts,
    request: sent && body !== undefined ? { ...sent, ...cut(body) } : null,
    bodyBytes: body === undefined ? null : Buffer.byteLength(body),
    ...showExplanation(explained, role),
  };
}

function cut(body: string): { readonly body: string; readonly bodyTruncated: boolean } {
  if (body.length <= MAX_SHOWN_BYTES / 4 || Buffer.byteLength(body) <= MAX_SHOWN_BYTES)
    return { body, bodyTruncated: false };
  // a character that the cut goes through is left out
  const shown = Buffer.from(body.slice(0, MAX_SHOWN_BYTES)).subarray(0, MAX_SHOWN_BYTES).toString();
  return { body: shown.replace(/\uFFFD$/, ''), bodyTruncated: true };
}

/** The body as it went over the wire; undefined when none was built. */
function wireBody({ body, attempts }: Pick<ExplainedDelivery, 'body' | 'attempts'>): string | undefined {
  const headers = attempts.findLast(({ attempt }) => attempt.request)?.attempt.request?.headers ?? {};
  return body === undefined ? undefined : sentBody(body, headers);
}

/** The whole body as a file, with the content type that it was sent with. @throws Problem not_found */
export async function downloadBody(
  { deliveries }: Pick<ExplainDeliveryDeps, 'deliveries'>,
  tenantId: TenantId,
  id: DeliveryId,
): Promise<RawAnswer> {
  const [body, attempts] = await Promise.all([deliveries.body(tenantId, id), deliveries.attempts(tenantId, id)]);
  if (body === undefined) {
    const detail = 'There is no such delivery for this key, or no attempt has built its body yet.';
    throw new Problem('not_found', 'not-found', detail);
  }
  const headers = attempts.findLast(({ request }) => request)?.request?.headers ?? {};
  const contentType = headers['content-type'] ?? 'application/json';
  const extension = contentType.includes('json') ? 'json' : 'txt';
  return new RawAnswer(sentBody(body, headers), contentType, {
    'content-disposition': `attachment; filename="${id}.${extension}"`,
  });
}
