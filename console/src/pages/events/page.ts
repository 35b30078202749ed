import { IconBolt } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { events as text } from './strings.ts';

export const page: Page = {
  address: '/events',
  needs: ['listEvents'],
  navigation: { label: text.title, icon: IconBolt, group: 'work', order: 40, key: 'v' },
  load: () => import('./events-page.tsx'),
};
