import { IconSend } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/deliveries',
  needs: ['listDeliveries'],
  navigation: { label: navigation.deliveries, icon: IconSend, group: 'work', order: 20, key: 'd' },
  load: () => import('./deliveries-page.tsx'),
};
