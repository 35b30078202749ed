import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/integrations/$id/$tab',
  needs: ['getIntegration'],
  load: () => import('./integration-page.tsx'),
};
