import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/deliveries/$id',
  needs: ['getDelivery'],
  load: () => import('./delivery-page.tsx'),
};
