import { IconHistory } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/audit',
  needs: ['listAudit'],
  navigation: { label: navigation.audit, icon: IconHistory, group: 'installation', order: 60 },
  load: () => import('./audit-page.tsx'),
};
