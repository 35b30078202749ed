export const code = {
  form: (label: string) => `Form of ${label}`,
  formatted: 'Formatted',
  raw: 'Raw',
  partOf: (shown: string, whole: string) => `${shown} of ${whole} shown`,
  copy: (label: string) => `Copy ${label}`,
  download: 'Download',
};
