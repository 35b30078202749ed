import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/replays/new',
  needs: ['previewReplay', 'createReplay'],
  load: () => import('./new-replay-page.tsx'),
};
