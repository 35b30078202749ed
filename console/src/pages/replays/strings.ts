import { showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

export const replayList = {
  title: navigation.replays,
  columns: {
    state: 'State',
    name: 'Name',
    form: 'Form',
    sent: 'Sent',
    skipped: 'Skipped',
    left: 'Left',
    rate: 'Rate',
    created: 'Started',
    ended: 'Ended',
  },
  forms: { same: 'Same bodies', fresh: 'Rendered anew', backfill: 'Past events' },
  sentOf: (sent: number, total: number) => `${showNumber(sent)} of ${showNumber(total)}`,
  rate: (perSecond: number) => `${showNumber(perSecond)}/s`,
  none: 'No replays yet.',
  noneText: 'Start one from a filtered list of deliveries.',
  toDeliveries: 'Go to the deliveries',
};
