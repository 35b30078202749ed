import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/templates/new',
  needs: ['createTemplate'],
  load: () => import('./new-template-page.tsx'),
};
