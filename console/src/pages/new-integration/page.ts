import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/integrations/new/$step',
  needs: ['createIntegration', 'createSubscription', 'previewSubscription'],
  load: () => import('./new-integration-page.tsx'),
};
