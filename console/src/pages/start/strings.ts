export const start = {
  title: 'Get your first webhook',
  lead: 'An integration is one system that receives your webhooks. It takes about two minutes:',
  steps: [
    'Choose whose webhooks it understands, and where it listens.',
    'Choose the template, the triggers and the fields, and see what it will receive.',
    'Save, send a test, and see the answer of your receiver.',
  ],
  setUp: 'Set up an integration',
  tenantTitle: 'Create the first tenant',
  tenantLead: 'A tenant is one customer of your platform, with templates, integrations and keys of its own.',
  anotherTenant: 'Choose a tenant above, or create another one.',
  tenantName: 'Tenant name',
  create: 'Create the tenant and continue',
  nameNeeded: 'Enter a name.',
};
