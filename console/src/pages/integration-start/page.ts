import type { Page } from '../../router/page.ts';

/** The address without a tab: its first one. */
export const page: Page = {
  address: '/integrations/$id',
  needs: ['getIntegration'],
  load: () => import('../integration/integration-page.tsx'),
};
