import { showNumber } from '../format/time.ts';

export const live = {
  waiting: (count: number, most: number) => (count > most ? `${showNumber(most)}+ new` : `${showNumber(count)} new`),
  showNew: 'Show new rows',
  follow: 'Follow',
  stopped: (at: string) => `Live updates stopped at ${at}. Reconnecting.`,
  polled: 'Updated every 30 s.',
  wasReset: 'Loaded again, since changes were missed.',
};
