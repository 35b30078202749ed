import { navigation } from '../../strings/navigation.ts';

export const template = {
  back: navigation.templates,
  facts: { id: 'Id', created: 'Created', changed: 'Last change' },
  tabs: { fields: 'Fields', history: 'History' },
  save: 'Save',
  saved: 'Saved.',
  noHistory: 'No change is entered.',
  members: { name: 'Name', externalId: 'External id', passType: 'Passes' },
  field: (key: string) => `Field ${key}`,
  vendorId: (vendor: string) => `Ids of ${vendor}`,
  remove: {
    button: 'Delete',
    title: (name: string) => `Delete ${name}?`,
    action: 'Delete this template',
    text: 'Its subscriptions end and their open deliveries are cancelled. The log stays. This cannot be undone.',
    done: (name: string) => `${name} was deleted.`,
  },
};
