import { IconTemplate } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { navigation } from '../../strings/navigation.ts';

export const page: Page = {
  address: '/templates',
  needs: ['listTemplates'],
  navigation: { label: navigation.templates, icon: IconTemplate, group: 'setup', order: 20, key: 't' },
  load: () => import('./templates-page.tsx'),
};
