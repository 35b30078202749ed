import { IconMailX } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/dead-letters',
  needs: ['listDeadLetters'],
  navigation: { label: navigation.deadLetters, icon: IconMailX, group: 'work', order: 30, key: 'l' },
  load: () => import('./dead-letters-page.tsx'),
};
