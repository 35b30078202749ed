/** The names of pages. Apart from their other words, which are loaded with their scripts: these are loaded with the shell. */
export const navigation = {
  overview: 'Overview',
  deliveries: 'Deliveries',
  deadLetters: 'Dead letters',
  events: 'Events',
  endpoints: 'Endpoints',
  replays: 'Replays',
  integrations: 'Integrations',
  templates: 'Templates',
  operations: 'Operations',
  tenants: 'Tenants',
  keys: 'Keys',
  erasures: 'Erasures',
  audit: 'Audit log',
};
