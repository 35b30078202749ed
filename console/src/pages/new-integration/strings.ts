import { showDuration, showNumber } from '../../format/time.ts';

const plural = new Intl.PluralRules('en');

export const newIntegration = {
  steps: 'Steps',
  names: {
    vendor: 'Vendor',
    endpoint: 'Endpoint',
    template: 'Template',
    triggers: 'Triggers',
    fields: 'Fields',
    filter: 'Filter',
    save: 'Save and test',
  },
  titles: {
    vendor: 'Which webhooks does your system expect?',
    endpoint: 'Where should they go?',
    template: 'Which passes are they about?',
    triggers: 'What should trigger them?',
    fields: 'Review the fields',
    filter: 'Should every event be sent?',
    save: 'Save and test',
    saved: 'Your integration is set up',
  },
  stepOf: (step: number, steps: number) => `Step ${step} of ${steps}`,
  lookAgain: 'Look again',
  form: 'Form',
  previewOf: (changes: number) => (changes === 0 ? 'Preview' : `Preview (${showNumber(changes)} changed)`),
  back: 'Back',
  next: 'Continue',
  needs: {
    dialect: 'Choose a format to continue.',
    name: 'The integration needs a name.',
    options: 'A required option has no value yet.',
    url: 'An address that begins with https:// is needed.',
    template: 'Choose a template, or all of them.',
    trigger: 'Choose at least one trigger.',
  },
  leaveTitle: 'Leave without saving?',
  leaveText: 'Nothing of this integration is saved yet.',
  leave: 'Leave',

  format: 'Format',
  signedWith: (locations: readonly string[]) => `Signed: ${locations.join(', ')}.`,
  retried: (tries: number, lastMs: number) =>
    tries === 1
      ? 'Tried once.'
      : `Tried up to ${showNumber(tries)} times, the last about ${showDuration(lastMs)} after the first.`,
  name: 'Name of the integration',
  nameHint: 'One integration is one system that receives your webhooks.',
  nameTaken: 'Another integration of this tenant has this name too.',
  options: 'Options',
  useExisting: 'Use an existing integration',
  newOne: 'A new integration',
  existing: 'Integration',

  url: 'Endpoint URL',
  urlHint: 'Every webhook is a request to this address.',
  checking: 'Looking at it…',
  onlyHttps: 'Only https is accepted here.',
  refused: 'Passwire would not call it:',
  twice: (integration: string) =>
    `You already send to this address (${integration}). A second subscription to the same trigger would deliver twice.`,
  useDemo: 'Use the demo receiver',
  listen: 'No public address yet? This command receives on your own machine:',
  copy: 'Copy',

  templates: 'Templates',
  all: 'All templates of the tenant',
  allHint: 'Fields are checked only when a template is chosen.',
  noSample: 'There are no templates yet, so no test can be sent: a test is a sample of a template. Real events are sent.',
  one: 'One template',
  template: 'Template',
  noTemplates: 'There are no templates yet.',
  makeNew: 'A new template',
  createTemplate: 'Create the template',
  made: (name: string) => `The template ${name} was created.`,

  triggers: 'Triggers',
  deprecated: 'deprecated',
  operational: 'About the dispatch itself',
  lacks: (dialect: string, triggers: readonly string[]) => `${dialect} has no webhook for: ${triggers.join(', ')}.`,
  ordered: "Keep each pass's events in order",
  orderedHint: 'An event that fails holds up the later ones of its pass until it is delivered or given up.',
  subscriptionOptions: 'Options of the webhooks',

  fieldsLead: 'Turn off what you do not need; rename what your system calls differently.',
  changed: (event: string, changes: number) =>
    changes === 0 ? event : `${event}: ${showNumber(changes)} ${plural.select(changes) === 'one' ? 'change' : 'changes'}`,
  alike: 'Apply to the other triggers that have this field',
  onlyOperational: 'Events about the dispatch itself are sent as they are.',
  allFields: 'All templates: the fields of a template are not known here. They are sent as the events have them.',

  filterLead: 'A filter keeps out events that your system has no use for.',
  kept: (kept: number, events: number) =>
    events === 0
      ? 'No event of this trigger is stored yet, so nothing can be counted.'
      : `${showNumber(kept)} of the last ${showNumber(events)} events would be sent.`,

  summary: {
    vendor: (label: string, name: string) => `${name} receives webhooks in the format of ${label}.`,
    existing: (name: string) => `They belong to the existing integration ${name}.`,
    endpoint: (url: string) => `They go to ${url}.`,
    template: (name: string) => `They are about passes of the template ${name}.`,
    all: 'They are about passes of all templates.',
    triggers: (events: readonly string[]) => `They are triggered by: ${events.join(', ')}.`,
    fields: (removed: number, renamed: number) =>
      removed + renamed === 0
        ? 'All fields are sent under their own names.'
        : `Of the fields, ${showNumber(removed)} ${removed === 1 ? 'is' : 'are'} removed and ${showNumber(renamed)} renamed.`,
    filter: 'A filter decides which events are sent.',
    noFilter: 'Every event is sent.',
    ordered: 'The events of each pass are kept in order.',
  },
  change: (step: string) => `Change: ${step}`,
  save: 'Save',
  saveRest: 'Save what is missing',
  unfinished: 'These steps need another look:',
  checkingSaved: 'The connection was lost. Checking whether it was saved.',
  partly: (name: string, refused: number, all: number) =>
    `The integration ${name} was created. ${showNumber(refused)} of ${showNumber(all)} triggers ${refused === 1 ? 'was' : 'were'} refused:`,
  partlyExisting: (refused: number, all: number) =>
    `${showNumber(refused)} of ${showNumber(all)} triggers ${refused === 1 ? 'was' : 'were'} refused:`,
  undo: 'Undo',
  undone: 'The integration was deleted again.',

  secrets: 'Secrets',
  secretOnce: 'Passwire cannot show them again. Rotate one if it is lost.',
  secretKinds: {
    webhook: 'Webhook secret',
    'webhook-ed25519': 'Public key for v1a signatures',
    signature: 'Secret of your own signature',
    passentry: 'PassEntry secret',
    passcreator: 'Public key of Passcreator signatures',
  },
  tests: 'Send a test',
  testsLead: 'A test is one request, marked x-webhook-test, that changes nothing.',
  sendTest: (event: string) => `Send a test of ${event}`,
  testing: 'Waiting for the answer…',
  testDelivered: (status: number, ms: number) => `Answered ${status} in ${showDuration(ms)}.`,
  testOpen: 'No answer within 30 s. It goes on in the log.',
  answer: 'Answer',
  seeDelivery: 'See the delivery',
  first: 'Your receiver got its first webhook.',
  real: 'Wait for a real event',
  realLead: (events: readonly string[]) => `Do on a phone or in your pass system what triggers one: ${events.join(', ')}.`,
  realWaiting: 'No event has come yet. This page looks every few seconds.',
  realCame: (event: string) => `An event came: ${event}.`,
  finish: 'Go to the deliveries',
};
