import { showNumber } from '../format/time.ts';

/** How much was sent, and how it ended. */
export const sent = {
  delivered: 'Delivered',
  withoutTests: (range: string) => `${range}, without tests`,
  rate: 'Success rate',
  rateNote: (ended: number) => `of ${showNumber(ended)} deliveries that ended`,
  fewNote: 'ended deliveries were successful',
  noneEnded: 'none ended',
  few: (succeeded: number, ended: number) => `${showNumber(succeeded)} of ${showNumber(ended)}`,
  waiting: 'Waiting now',
  waitingNote: 'deliveries that are not yet at their receiver',
  deadLetters: 'Open dead letters',
  deadLettersNote: 'failed permanently, neither replayed nor discarded',
};
