import { IconMailX } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { deadLetters as text } from './strings.ts';

export const page: Page = {
  address: '/dead-letters',
  needs: ['listDeadLetters'],
  navigation: { label: text.title, icon: IconMailX, group: 'work', order: 30, key: 'l' },
  load: () => import('./dead-letters-page.tsx'),
};
