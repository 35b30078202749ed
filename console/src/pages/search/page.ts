import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/search',
  needs: ['searchObjects'],
  load: () => import('./search-page.tsx'),
};
