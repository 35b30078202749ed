import { IconEraser } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/erasures',
  needs: ['listErasures', 'getErasure'],
  navigation: { label: navigation.erasures, icon: IconEraser, group: 'installation', order: 50 },
  load: () => import('./erasures-page.tsx'),
};
