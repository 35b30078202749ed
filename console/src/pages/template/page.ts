import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/templates/$id',
  needs: ['getTemplate'],
  load: () => import('./template-page.tsx'),
};
