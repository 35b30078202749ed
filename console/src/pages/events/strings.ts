import { navigation } from '../../strings/navigation.ts';

export const events = {
  title: navigation.events,
  columns: {
    type: 'Trigger',
    pass: 'Pass',
    delivered: 'Deliveries',
    template: 'Template',
    accepted: 'Accepted',
    derived: 'Derived',
  },
  wasDelivered: 'made',
  operational: 'operational',
  filters: {
    type: 'Trigger',
    anyType: 'Any trigger',
    passId: 'Pass id',
    producerId: "Producer's id",
  },
  chip: {
    type: (type: string) => `Trigger: ${type}`,
    passId: (id: string) => `Pass: ${id}`,
    producerId: (id: string) => `Producer's id: ${id}`,
    templateId: (id: string) => `Template: ${id}`,
  },
  none: 'No events yet.',
  noneText: 'Events are posted by the pass platform, with a key of the role producer.',
  noMatch: 'No event matches.',
  remove: 'Remove:',
};
