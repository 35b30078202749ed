import { IconWebhook } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/integrations',
  needs: ['listIntegrations'],
  navigation: { label: navigation.integrations, icon: IconWebhook, group: 'setup', order: 10, key: 'i' },
  load: () => import('./integrations-page.tsx'),
};
