import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/endpoints/$id',
  needs: ['getEndpoint', 'getEndpointBoard'],
  load: () => import('./endpoint-page.tsx'),
};
