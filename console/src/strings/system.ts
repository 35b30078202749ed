import { showDuration, showNumber } from '../format/time.ts';

/** What concerns the whole installation. */
export const system = {
  oldest: 'Oldest due delivery',
  oldestNone: 'none',
  oldestNote: (isDue: boolean) => (isDue ? 'how long it has waited to be sent' : 'no delivery is due'),
  accepted: 'Accepted per second',
  attempted: 'Attempted per second',
  lastMinutes: 'last 5 minutes',
  parked: 'Waiting at the gate',
  parkedNote: 'for a free place at their endpoint',
  atLeast: (count: number) => `over ${showNumber(count)}`,
  depth: {
    name: 'Open deliveries by state',
    range: 'Last 24 hours',
    latest: (count: number) => {
      const were = new Intl.PluralRules('en').select(count) === 'one' ? 'was' : 'were';
      return `${showNumber(count)} ${were} open at the last count. Each time shows the highest count in it.`;
    },
    none: 'Nothing was counted yet. A worker counts once a minute.',
  },
  retries: {
    name: 'Retries ahead',
    range: 'Next 24 hours',
    series: 'Retries',
    sentence: (count: number, isComplete: boolean) => {
      if (count === 0) return 'No retry is planned.';
      const retries = new Intl.PluralRules('en').select(count) === 'one' ? 'retry is' : 'retries are';
      return `${isComplete ? '' : 'At least '}${showNumber(count)} ${retries} planned.`;
    },
  },
  workers: {
    title: 'Workers',
    columns: {
      id: 'Worker',
      state: 'State',
      beat: 'Last heartbeat',
      slots: 'Attempts in flight',
      started: 'Started',
      version: 'Version',
    },
    alive: 'Alive',
    silent: 'No heartbeat',
    leads: 'leads',
    ago: (ms: number) => `${showDuration(ms)} ago`,
    ofSlots: (inFlight: number, slots: number) => `${showNumber(inFlight)} of ${showNumber(slots)}`,
    inFlight: (slots: string) => `${slots} in flight`,
    none: 'No worker runs',
    noneText: 'Events are accepted, and nothing is sent until a worker runs.',
  },
  servers: {
    title: 'Servers',
    postgres: 'Postgres and its migrations',
    redis: 'Redis',
    encryptionKeys: 'Encryption keys',
    works: 'Works',
    fails: 'Fails',
    since: (time: string) => `since ${time}, as far as this page knows`,
    redisMeans:
      'Events are still accepted and nothing is lost; sending resumes when Redis is available again. What only Redis knows is shown as unknown.',
    postgresMeans: 'Nothing is accepted, and deliveries wait.',
  },
};
