import { showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

export const erasures = {
  title: navigation.erasures,
  none: 'No erasures yet.',
  noneText: 'An erasure removes what is stored about a pass, for a person who asks for it.',
  columns: { state: 'State', subject: 'Id used', hash: 'Became', passes: 'Passes', started: 'Started', ended: 'Ended' },
  subjects: { passId: 'Pass id', userProvidedId: 'userProvidedId' },
  passes: (count: number) => (count === 1 ? '1 pass' : `${showNumber(count)} passes`),
  kinds: {
    events: 'Events',
    deliveries: 'Deliveries',
    cancelled: 'Of these open, now cancelled',
    deadLetters: 'Dead letters',
    installations: 'Installations on devices',
    keptAnswers: 'Stored answers',
    replays: 'Bulk replays that named it',
    auditEntries: 'Audit entries that named it',
  },
  report: 'What was erased',
  running: 'It is still running: these numbers grow.',
  stays: 'Rows stay, without content. In them the id is replaced by this hash.',
  by: 'Requested by',
  start: 'Erase',
  startTitle: 'Erase what is stored about a pass?',
  startText:
    'Facts of events, bodies, answers and dead letters are erased; open deliveries are cancelled. Rows stay, with a hash in place of the id. This cannot be undone, and backups are not part of it.',
  subject: 'Which id',
  id: 'Id',
  noId: 'Enter the id of a pass.',
  count: 'Count what would be erased',
  nothing: 'Nothing is stored about this id. Check it, or erase all the same.',
  incomplete: 'Only the newest 100,000 events were searched; the erasure searches all of them.',
  started: 'The erasure has started.',
};
