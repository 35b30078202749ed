import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { basePath } from '../portal/place.ts';
import { Home } from '../shell/home.tsx';
import { NotFound } from '../shell/not-found.tsx';
import { PageFailed } from '../shell/page-failed.tsx';
import { Shell } from '../shell/shell.tsx';
import type { Address } from './addresses.ts';
import { parseQuery, type Query, writeQuery } from './query-string.ts';
import { ShownPage } from './shown-page.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (query): Query => query as Query,
});

function at<const P extends Address>(path: P) {
  return createRoute({ getParentRoute: () => root, path, component: () => ShownPage({ address: path }) });
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });

const routeTree = root.addChildren([
  home,
  at('/sign-in'),
  at('/start'),
  at('/overview'),
  at('/integrations/new/$step'),
  at('/integrations'),
  at('/integrations/$id'),
  at('/integrations/$id/$tab'),
  at('/subscriptions/$id'),
  at('/subscriptions/$id/$tab'),
  at('/templates'),
  at('/templates/new'),
  at('/templates/$id'),
  at('/events'),
  at('/events/$id'),
  at('/deliveries'),
  at('/deliveries/$id'),
  at('/dead-letters'),
  at('/dead-letters/$id'),
  at('/endpoints'),
  at('/endpoints/$id'),
  at('/replays'),
  at('/replays/new'),
  at('/replays/$id'),
  at('/search'),
  at('/tenants'),
  at('/tenants/$id'),
  at('/operations'),
  at('/keys'),
  at('/erasures'),
  at('/audit'),
]);

export const router = createRouter({
  routeTree,
  basepath: basePath,
  parseSearch: parseQuery,
  stringifySearch: writeQuery,
  defaultErrorComponent: PageFailed,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
