import { showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

export const templates = {
  title: navigation.templates,
  make: 'New template',
  search: 'Name begins with',
  columns: { name: 'Name', externalId: 'External id', passType: 'Passes', fields: 'Fields', changed: 'Last change' },
  none: 'No templates yet.',
  noneText: 'Paste a sample event and its fields are read from it.',
  noMatch: 'No template has a name that begins so.',
  remove: 'Remove:',
  chip: { q: (value: string) => `Name: ${value}` },
  fields: (count: number) =>
    `${showNumber(count)} ${new Intl.PluralRules('en').select(count) === 'one' ? 'field' : 'fields'}`,
};
