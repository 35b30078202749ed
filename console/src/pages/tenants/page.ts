import { IconUsers } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/tenants',
  needs: ['listTenants'],
  navigation: { label: navigation.tenants, icon: IconUsers, group: 'installation', order: 20 },
  load: () => import('./tenants-page.tsx'),
};
