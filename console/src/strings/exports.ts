export const exports = {
  label: 'Export',
  formats: { csv: 'CSV, for spreadsheets', ndjson: 'NDJSON, one object a line' },
  note: 'All that the filter finds, with times in UTC.',
};
