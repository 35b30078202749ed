import { IconPlugConnected } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/endpoints',
  needs: ['getEndpointBoard'],
  navigation: { label: navigation.endpoints, icon: IconPlugConnected, group: 'work', order: 25, key: 'e' },
  load: () => import('./endpoints-page.tsx'),
};
