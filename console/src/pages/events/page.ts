import { IconBolt } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/events',
  needs: ['listEvents'],
  navigation: { label: navigation.events, icon: IconBolt, group: 'work', order: 40, key: 'v' },
  load: () => import('./events-page.tsx'),
};
