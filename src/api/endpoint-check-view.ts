import { z } from 'zod';
import type { EndpointCheck } from '../admin/check-endpoint.ts';
import { SEND_FAILURES } from '../domain/attempt.ts';
import { DIALECT_NAMES } from '../domain/integration.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { ENDPOINT_STATES } from '../ports/endpoints.ts';
import type { OpenedConnection } from '../ports/sending.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, idMember, instantAnswer } from './paging.ts';

const MAX_URL_LENGTH = 2048;

export const endpointQuestionSchema = z
  .strictObject({
    url: z.string().trim().min(1).max(MAX_URL_LENGTH).meta({ description: 'The URL to look at.' }),
    integrationId: idMember('integration').optional().meta({ description: 'The integration that would send to it.' }),
    dialect: z.enum(DIALECT_NAMES).optional().meta({ description: 'The dialect, while there is no integration yet.' }),
    trigger: z.enum(TRIGGERS).optional().meta({ description: 'The trigger that would be subscribed to. Default: any.' }),
    templateId: idMember('template').optional().meta({ description: 'The template. Default: all templates.' }),
  })
  .meta({
    id: 'EndpointQuestion',
    description: 'A URL, and what would be sent to it.',
    examples: [
      { url: 'https://hooks.example.com/wallet', integrationId: EXAMPLE_IDS.integration, trigger: 'pass.installed' },
    ],
  });

const CERTIFICATE_EXAMPLE = {
  subject: 'CN=hooks.example.com',
  issuer: 'C=US, O=Example CA, CN=Example CA 1',
  names: ['hooks.example.com'],
  validFrom: '2026-12-03T00:00:00.000Z',
  validUntil: '2027-03-03T00:00:00.000Z',
};
const CONNECTION_EXAMPLE = { kind: 'tls', protocol: 'TLSv1.3', certificate: CERTIFICATE_EXAMPLE, problem: null };

const certificateSchema = z
  .strictObject({
    subject: z.string().meta({ description: 'Whom it is for.' }),
    issuer: z.string().meta({ description: 'Who issued it.' }),
    names: z.array(z.string()).meta({ description: 'The host names and addresses that it is for, the first 20.' }),
    validFrom: instantAnswer.meta({ description: 'When it begins to be valid.' }),
    validUntil: instantAnswer.meta({ description: 'When it expires.' }),
  })
  .meta({ id: 'EndpointCertificate', description: 'The certificate of a receiver.', examples: [CERTIFICATE_EXAMPLE] });

const connectionSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('tls').meta({ description: 'TLS was opened.' }),
        protocol: z.string().meta({ description: 'The version of TLS.' }),
        certificate: certificateSchema.nullable().meta({ description: 'Null: the receiver showed none.' }),
        problem: z.string().nullable().meta({ description: 'Why the certificate would be refused. Null: it would not.' }),
      })
      .meta({ id: 'TlsConnection', description: 'TLS was opened, no request was sent.', examples: [CONNECTION_EXAMPLE] }),
    z
      .strictObject({ kind: z.literal('plain').meta({ description: 'A connection without TLS was opened.' }) })
      .meta({ id: 'PlainConnection', description: 'http: a connection was opened.', examples: [{ kind: 'plain' }] }),
    z
      .strictObject({
        kind: z.literal('failed').meta({ description: 'No connection.' }),
        failure: z.enum(SEND_FAILURES).meta({ description: 'Why, in a word.' }),
        detail: z.string().meta({ description: 'Why, for people.' }),
      })
      .meta({
        id: 'FailedConnection',
        description: 'No connection could be opened within 5 s.',
        examples: [{ kind: 'failed', failure: 'connect', detail: 'connect ECONNREFUSED 203.0.113.7:443' }],
      }),
  ])
  .meta({ id: 'EndpointConnection', description: 'What opening a connection showed.', examples: [CONNECTION_EXAMPLE] });

const subscribedSchema = z
  .strictObject({
    id: idAnswer('subscription', 'The subscription.'),
    integrationId: idAnswer('integration', 'Its integration.'),
    integration: z.string().nullable().meta({ description: 'The name of its integration.' }),
    trigger: z.enum(TRIGGERS).meta({ description: 'Its trigger.' }),
    templateId: z.string().nullable().meta({ description: 'Its template. Null: all templates.' }),
    same: z.boolean().meta({
      description:
        'True: a second one of this integration, template and trigger would be refused (409, `already-subscribed`).',
    }),
  })
  .meta({
    id: 'SubscribedAlready',
    description: 'A subscription that sends to the URL already: each event would arrive twice.',
    examples: [
      {
        id: EXAMPLE_IDS.subscription,
        integrationId: EXAMPLE_IDS.integration,
        integration: 'CRM',
        trigger: 'pass.installed',
        templateId: null,
        same: true,
      },
    ],
  });

export const endpointCheckSchema = z
  .strictObject({
    url: z.string().meta({ description: 'The URL, normalised: what endpoints are identified by.' }),
    allowed: z.boolean().meta({ description: 'Whether Passwire would call it, as far as its address goes.' }),
    problems: z.array(z.string()).meta({ description: 'What is in the way, one sentence each. Empty: nothing.' }),
    addresses: z
      .array(z.string())
      .meta({ description: 'The addresses that its host resolves to, those that may be called.' }),
    connection: connectionSchema.nullable().meta({ description: 'Null: none was tried.' }),
    endpoints: z
      .array(
        z
          .strictObject({
            id: idAnswer('endpoint', 'The endpoint.'),
            integrationId: idAnswer('integration', 'Its integration.'),
            state: z.enum(ENDPOINT_STATES).meta({ description: 'Its state.' }),
          })
          .meta({
            id: 'EndpointWithUrl',
            description: 'An endpoint that has the URL.',
            examples: [{ id: EXAMPLE_IDS.endpoint, integrationId: EXAMPLE_IDS.integration, state: 'active' }],
          }),
      )
      .meta({ description: 'The endpoints of the tenant that have this URL.' }),
    subscriptions: z.array(subscribedSchema).meta({ description: 'What is sent to it already.' }),
    text: z.string().meta({ description: 'All of it in a few sentences.' }),
  })
  .meta({
    id: 'EndpointCheck',
    description: 'What a look at a URL showed.',
    examples: [
      {
        url: 'https://hooks.example.com/wallet',
        allowed: true,
        problems: [],
        addresses: ['203.0.113.7'],
        connection: CONNECTION_EXAMPLE,
        endpoints: [],
        subscriptions: [],
        text: 'https://hooks.example.com/wallet: reachable, certificate valid until 3 Mar 2027.',
      },
    ],
  });

export function showEndpointCheck({
  probed,
  problems,
  endpoints,
  subscriptions,
  text,
}: EndpointCheck): z.infer<typeof endpointCheckSchema> {
  const reached = probed.kind === 'reached' ? probed : undefined;
  return {
    url: probed.url,
    allowed: probed.kind !== 'refused',
    problems: [...problems],
    addresses: [...(reached?.addresses ?? [])],
    connection: reached ? showConnection(reached.connection) : null,
    endpoints: endpoints.map(({ id, integrationId, state }) => ({ id, integrationId, state })),
    subscriptions: subscriptions.map(({ isSame, integration = null, ...rest }) => ({ ...rest, integration, same: isSame })),
    text,
  };
}

function showConnection(connection: OpenedConnection): z.infer<typeof connectionSchema> {
  if (connection.kind !== 'tls') return { ...connection };
  const { kind, protocol, certificate, problem = null } = connection;
  if (!certificate) return { kind, protocol, certificate: null, problem };
  const { subject, issuer, names, validFrom, validUntil } = certificate;
  const shown = {
    subject,
    issuer,
    names: [...names],
    validFrom: validFrom.toISOString(),
    validUntil: validUntil.toISOString(),
  };
  return { kind, protocol, certificate: shown, problem };
}
