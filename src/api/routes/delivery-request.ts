import { z } from 'zod';
import { composeDelivery } from '../../pipeline/compose-delivery.ts';
import { REQUEST_EXAMPLE } from '../attempt-view.ts';
import { type Route, tenantRoute } from '../route.ts';

const EXAMPLE = {
  method: REQUEST_EXAMPLE.method,
  url: REQUEST_EXAMPLE.url,
  headers: REQUEST_EXAMPLE.headers,
  blanked: [],
  body: '{"pass-id":"customer-1042"}',
};

const composedRequestSchema = z
  .strictObject({
    method: z.string().meta({ description: 'The HTTP method.' }),
    url: z.string().meta({ description: 'The URL of the endpoint.' }),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: 'The headers, signatures of now included; values of extra headers are `***`.' }),
    blanked: z.array(z.string()).meta({ description: 'The names of the headers whose value is `***`.' }),
    body: z.string().meta({ description: 'The body, byte for byte.' }),
  })
  .meta({ id: 'ComposedRequest', description: 'A request as it would be sent now.', examples: [EXAMPLE] });

export const deliveryRequestRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'deliveries',
    method: 'get',
    path: '/v1/deliveries/{id}/request',
    operationId: 'getDeliveryRequest',
    summary: 'Get the request of a delivery as it would be sent now',
    description:
      'The same bytes under the same `webhook-id`, with timestamp and signatures of now, so that a receiver under development can verify it (`passwire listen`). Sends and changes nothing. 409 when its subscription or event is gone.',
    id: 'delivery',
    status: 200,
    answer: composedRequestSchema,
    async handle(context, { tenantId, id }) {
      const { request, blanked } = await composeDelivery(context, tenantId, id);
      const { method, url, headers, body } = request;
      return { method, url, headers: { ...headers }, blanked: [...blanked], body };
    },
  }),
];
