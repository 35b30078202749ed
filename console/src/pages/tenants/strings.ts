import { navigation } from '../../strings/navigation.ts';

export const tenants = {
  title: navigation.tenants,
  search: 'Name begins with',
  columns: {
    name: 'Name',
    delivered: 'Delivered, 24 h',
    success: 'Success, 24 h',
    created: 'Created',
  },
  open: 'Open its deliveries',
  none: 'No tenants yet.',
  noneText: 'A tenant is one customer of your platform, with templates, integrations and keys of its own.',
  noMatch: 'No tenant has a name that begins so.',
  remove: 'Remove:',
  chip: { q: (value: string) => `Name: ${value}` },
  make: 'New tenant',
  makeTitle: 'New tenant',
  makeAction: 'Create',
  name: 'Tenant name',
  narrow: (delivered: string, success: string) => `${delivered} delivered in 24 h, success: ${success}`,
};
