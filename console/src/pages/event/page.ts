import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/events/$id',
  needs: ['getEvent'],
  load: () => import('./event-page.tsx'),
};
