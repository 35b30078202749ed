import type { Page } from '../../router/page.ts';

export const page: Page = {
  address: '/replays/$id',
  needs: ['getReplay', 'listReplayItems'],
  load: () => import('./replay-page.tsx'),
};
