import { checkEndpoint } from '../../admin/check-endpoint.ts';
import { endpointCheckSchema, endpointQuestionSchema, showEndpointCheck } from '../endpoint-check-view.ts';
import { type Route, tenantRoute } from '../route.ts';

export const endpointCheckRoutes: readonly Route[] = [
  tenantRoute({
    tag: 'endpoints',
    method: 'post',
    path: '/v1/endpoints/check',
    operationId: 'checkEndpoint',
    summary: 'Look at a URL before anything is subscribed to it',
    description:
      'Resolves its host, opens a connection and TLS within 5 s, and sends no request. Answers with the normalised URL, whether Passwire would call it, its certificate, and what is sent there already. Nothing is stored. A key may do it 30 times a minute.',
    body: endpointQuestionSchema,
    status: 200,
    answer: endpointCheckSchema,
    rate: 'checks',
    async handle(context, { tenantId, body: { url, integrationId, dialect, trigger, templateId } }) {
      const question = { url, integrationId, dialect, trigger, templateId };
      return showEndpointCheck(await checkEndpoint(context, tenantId, question));
    },
  }),
];
