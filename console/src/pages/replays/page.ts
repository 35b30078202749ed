import { IconRepeat } from '@tabler/icons-react';
import type { Page } from '../../router/page.ts';
import { replayList as text } from './strings.ts';

export const page: Page = {
  address: '/replays',
  needs: ['listReplays'],
  navigation: { label: text.title, icon: IconRepeat, group: 'work', order: 50, key: 'r' },
  load: () => import('./replays-page.tsx'),
};
