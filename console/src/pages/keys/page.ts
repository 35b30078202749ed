import { IconKey } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/keys',
  needs: ['listApiKeys'],
  navigation: { label: navigation.keys, icon: IconKey, group: 'installation', order: 40 },
  load: () => import('./keys-page.tsx'),
};
