import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/tenants/$id',
  needs: ['getTenant'],
  load: () => import('./tenant-page.tsx'),
};
