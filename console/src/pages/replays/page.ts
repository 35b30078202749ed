import { IconRepeat } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/replays',
  needs: ['listReplays'],
  navigation: { label: navigation.replays, icon: IconRepeat, group: 'work', order: 50, key: 'r' },
  load: () => import('./replays-page.tsx'),
};
