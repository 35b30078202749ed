import type { z } from 'zod';
import { findDelivery } from '../admin/deliveries.ts';
import { sentBody } from '../dialects/cloudevents.ts';
import { notFound } from '../domain/errors.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import { showAttempt } from './attempt-view.ts';
import { type deliveryWithAttemptsSchema, showDelivery } from './delivery-view.ts';
import type { Caller } from './key-ring.ts';
import type { Context } from './route.ts';

type DeliveryWithAttempts = z.infer<typeof deliveryWithAttemptsSchema>;

/** A delivery with its attempts and the exact request. @throws Problem not_found */
export async function showWithAttempts(
  context: Context,
  tenantId: TenantId,
  id: DeliveryId,
  { role }: Pick<Caller, 'role'>,
): Promise<DeliveryWithAttempts> {
  const { deliveries } = context;
  // first, so that a delivery that has ended is shown with its last attempt
  const delivery = await findDelivery(context, tenantId, id);
  if (!delivery) throw notFound('delivery');
  const [attempts, body] = await Promise.all([deliveries.attempts(tenantId, id), deliveries.body(tenantId, id)]);
  const shown = attempts.map((attempt) => showAttempt(attempt, role));
  const sent = shown.findLast(({ request }) => request !== null)?.request;
  return {
    ...showDelivery(delivery),
    attempts: shown,
    request: sent && body !== undefined ? { ...sent, body: sentBody(body, sent.headers) } : null,
  };
}
