import { IconSend } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { deliveries as text } from './strings.ts';

export const page: Page = {
  address: '/deliveries',
  needs: ['listDeliveries'],
  navigation: { label: text.title, icon: IconSend, group: 'work', order: 20, key: 'd' },
  load: () => import('./deliveries-page.tsx'),
};
