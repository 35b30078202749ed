import { meSchema, showMe } from '../console/me.ts';
import { globalRoute, type Route } from '../route.ts';

export const meRoutes: readonly Route[] = [
  globalRoute({
    method: 'get',
    path: '/v1/me',
    operationId: 'getMe',
    tag: 'console',
    summary: 'Get the role of the caller and what it may do',
    status: 200,
    answer: meSchema,
    handle: (context, { caller }) => showMe(context, caller),
  }),
];
