import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/start',
  needs: ['createIntegration'],
  load: () => import('./start-page.tsx'),
};
