import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/subscriptions/$id/$tab',
  needs: ['getSubscription'],
  load: () => import('./subscription-page.tsx'),
};
