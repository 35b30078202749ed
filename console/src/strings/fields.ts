export const fields = {
  title: 'Fields',
  field: 'Field',
  type: 'Type',
  sample: 'Sample',
  send: 'Send',
  sendAs: 'Send as',
  types: { string: 'text', number: 'number', boolean: 'yes/no', null: 'empty', object: 'object', array: 'list' },
  sendField: (name: string) => `Send ${name}`,
  sendFieldAs: (name: string) => `Send ${name} as`,
  removed: 'removed',
  removedWith: 'removed with the object that it is in',
  open: 'Its members are named by the template or by the platform: an event may have others, which are sent as they are.',
  withoutPassId: (name: string) =>
    `Without ${name} your system cannot tell which pass this is about. The vendors advise against removing it.`,
};
