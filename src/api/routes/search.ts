import { z } from 'zod';
import { search } from '../../admin/search.ts';
import { MAX_SEARCH_CHARS } from '../../domain/search-query.ts';
import { FOUND_KINDS } from '../../ports/search.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { idAnswer, idQuery } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';
import { visibleTenant } from '../scope.ts';

const MOST_OF_A_KIND = 20;

const hitSchema = z
  .strictObject({
    kind: z.enum(FOUND_KINDS).meta({ description: 'What it is.' }),
    id: z.string().meta({ description: 'Its id.' }),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    text: z.string().meta({ description: 'A name, a URL, or trigger and pass.' }),
    deleted: z.boolean().meta({ description: 'True: it was deleted; of a dead letter: it is closed.' }),
  })
  .meta({
    id: 'SearchHit',
    description: 'An object that was found.',
    examples: [
      {
        kind: 'delivery',
        id: EXAMPLE_IDS.delivery,
        tenantId: EXAMPLE_IDS.tenant,
        text: 'pass.installed 7Hq2vXk0',
        deleted: false,
      },
    ],
  });

const foundSchema = z
  .strictObject({
    recognisedAs: z.enum(['id', 'uuid', 'url', 'host', 'status', 'text']).meta({
      description:
        'What the text, or the id in it that led to the hits, was taken for. `status`: list deliveries with this `status` instead.',
    }),
    hits: z.array(hitSchema).meta({ description: `At most ${MOST_OF_A_KIND} of a kind, newest first.` }),
  })
  .meta({
    id: 'SearchResult',
    description: 'What a search found.',
    examples: [{ recognisedAs: 'id', hits: (hitSchema.meta()?.examples ?? []) as never[] }],
  });

export const searchRoutes: readonly Route[] = [
  globalRoute({
    method: 'get',
    path: '/v1/search',
    operationId: 'searchObjects',
    tag: 'search',
    summary: 'Find what a pasted text belongs to',
    description:
      'Recognises ids of every kind, header lines, whole bodies, lines of logs, URLs, hosts and UUIDs; anything else is looked for as the id of a pass, a customer, a request, an event or a template in another system, and as the beginning of a name. A key that is bound to no tenant searches all of them, unless `tenantId` names one.',
    query: z.strictObject({
      q: z
        .string()
        .min(1)
        .max(MAX_SEARCH_CHARS)
        .meta({ description: 'The text, as it was pasted.', examples: ['7Hq2vXk0'] }),
      tenantId: idQuery('tenant', 'Only in this tenant.'),
    }),
    status: 200,
    answer: foundSchema,
    async handle(services, { caller, query: { q, tenantId } }) {
      const { recognisedAs, hits } = await search(services, q, visibleTenant(caller, tenantId), MOST_OF_A_KIND);
      return { recognisedAs, hits: [...hits] };
    },
  }),
];
