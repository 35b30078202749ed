import { navigation } from '../../strings/navigation.ts';

export const integrations = {
  title: navigation.integrations,
  make: 'New integration',
  search: 'Name begins with',
  chip: { q: (value: string) => `Name: ${value}` },
  remove: 'Remove:',
  none: 'No integrations yet.',
  noneText: 'An integration is one system that receives your webhooks.',
  noMatch: 'No integration matches.',
  columns: {
    name: 'Name',
    vendor: 'Vendor',
    delivered: 'Delivered, 24 h',
    success: 'Success, 24 h',
    changed: 'Last changed',
  },
  warning: 'Needs attention',
  narrow: (vendor: string, delivered: string, success: string) =>
    `${vendor}, last 24 h: ${delivered} delivered, success ${success}`,
};
