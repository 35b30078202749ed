import { IconLayoutDashboard } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/overview',
  needs: ['getStatistics'],
  navigation: { label: navigation.overview, icon: IconLayoutDashboard, group: 'work', order: 10, key: 'o' },
  load: () => import('./overview-page.tsx'),
};
