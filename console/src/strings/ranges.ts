export const ranges = {
  label: 'Time',
  any: 'Any time',
  exact: 'From and to…',
  lasts: { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' },
  last: (duration: string) => `Last ${duration}`,
  after: (zone: string) => `From (${zone})`,
  before: (zone: string) => `To (${zone})`,
  apply: 'Apply',
  between: (from: string, to: string) => `${from} to ${to}`,
  since: (from: string) => `Since ${from}`,
  until: (to: string) => `Until ${to}`,
};
