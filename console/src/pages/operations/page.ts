import { IconActivityHeartbeat } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/operations',
  needs: ['getBacklog', 'listWorkers'],
  navigation: { label: navigation.operations, icon: IconActivityHeartbeat, group: 'installation', order: 10 },
  load: () => import('./operations-page.tsx'),
};
