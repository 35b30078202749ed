import { describeDialect } from '../../dialects/describe-dialect.ts';
import { DIALECTS } from '../../dialects/index.ts';
import { notFound } from '../../domain/errors.ts';
import { DIALECT_NAMES } from '../../domain/integration.ts';
import { dialectSchema, showDialect } from '../dialect-view.ts';
import { pageSchema } from '../paging.ts';
import { globalRoute, type Route } from '../route.ts';

const common = { tag: 'dialects' } as const;

/** Dialects are the same for everyone and do not change while the process runs. */
const described = Object.values(DIALECTS).map((dialect) => showDialect(describeDialect(dialect)));

export const dialectRoutes: readonly Route[] = [
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/dialects',
    operationId: 'listDialects',
    summary: 'List the webhook formats that integrations can use',
    description: 'All in one page: triggers with samples, options as JSON Schema, policy, secrets and signatures.',
    status: 200,
    answer: pageSchema(dialectSchema),
    handle: async () => ({ data: described, nextCursor: null }),
  }),
  globalRoute({
    ...common,
    method: 'get',
    path: '/v1/dialects/{name}',
    operationId: 'getDialect',
    summary: 'Get a webhook format',
    names: DIALECT_NAMES,
    status: 200,
    answer: dialectSchema,
    async handle(_context, { name }) {
      const dialect = described.find((one) => one.name === name);
      if (!dialect) throw notFound('dialect');
      return dialect;
    },
  }),
];
