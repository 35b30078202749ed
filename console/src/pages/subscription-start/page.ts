import type { Page } from '../../router/page.ts';

/** The address without a tab: its first one. */
export const page: Page = {
  address: '/subscriptions/$id',
  needs: ['getSubscription'],
  load: () => import('../subscription/subscription-page.tsx'),
};
