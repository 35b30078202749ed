import { showDuration, showNumber } from '../format/time.ts';

export const parts = {
  copy: 'Copy',
  copied: 'Copied',
  copyId: (id: string) => `Copy ${id}`,
  unknown: 'unknown',
  requestId: 'Request',
  tryAgain: 'Try again',
  tryingAgainIn: (ms: number) => `Trying again in ${showDuration(Math.ceil(ms / 1000) * 1000)}.`,
  unreachableTitle: 'The API does not answer',
  unreachable: 'Nothing came back. The connection may be lost, or the API is restarting.',
  failedTitle: 'This part failed',
  loadMore: (count: number) => `Load ${showNumber(count)} more`,
  shown: (count: number) => {
    const rows = new Intl.PluralRules('en').select(count) === 'one' ? 'row' : 'rows';
    return `${showNumber(count)} ${rows}`;
  },
  tooMany: (count: number) => `${showNumber(count)} rows are shown. Narrow the filter to see others.`,
  select: 'Select',
  selectRow: (name: string) => `Select ${name}`,
  selectAll: 'Select all rows shown',
  timesIn: (zone: string) => `Times: ${zone}`,
  removeFilter: (name: string) => `Remove: ${name}`,
  loading: 'Loading',
  cancel: 'Cancel',
  close: 'Close',
  typeToConfirm: (name: string) => `Type ${name} to confirm`,
};
