import { showNumber } from '../../format/time.ts';
import { navigation } from '../../strings/navigation.ts';

export const tenant = {
  back: navigation.tenants,
  open: 'Open its deliveries',
  facts: { id: 'Id', created: 'Created', changed: 'Last change' },
  settings: {
    title: 'Name and retention',
    name: 'Name',
    bodyDays: 'Bodies are stored for (days)',
    bodyDaysHint: 'Leave it empty to store them as long as the installation is configured to. The rows stay.',
    badDays: 'A whole number of days from 1 to 36,500, or nothing.',
    nameNeeded: 'Enter a name.',
    save: 'Save',
    saved: 'Saved.',
    default: 'as long as the installation is configured to',
    days: (days: number) => `${showNumber(days)} ${new Intl.PluralRules('en').select(days) === 'one' ? 'day' : 'days'}`,
  },
  keys: {
    title: 'Keys',
    columns: { name: 'Name', role: 'Role', hint: 'Begins with', created: 'Created', state: 'State' },
    valid: 'Valid',
    revoked: 'Revoked',
    none: 'No key is bound to this tenant.',
    noneText: 'Its developers need one with the role tenant, and the platform one with the role producer.',
    more: 'All keys',
  },
  portal: {
    title: 'Portal',
    lead: 'A link shows the portal of this tenant, in a page of yours or as a page of its own.',
    permissions: 'It may',
    may: { read: 'only be looked at', manage: 'change and send' },
    minutes: 'Minutes it works',
    origin: 'Page that frames it',
    name: 'Name in its head',
    colour: 'Colour',
    make: 'Make a link',
    once: 'It works once, within 15 minutes, and is not shown again. Opening it here uses it up.',
    copy: 'Copy the link',
    open: 'Open it as a page',
  },
  remove: {
    button: 'Delete',
    title: (name: string) => `Delete ${name}?`,
    action: 'Delete this tenant',
    text: (open: number | undefined) =>
      open === undefined
        ? 'Its keys stop working and its open deliveries are cancelled. The log stays.'
        : `Its keys stop working and ${openOf(open)} cancelled. The log stays.`,
    final: 'This cannot be undone.',
    done: (name: string) => `${name} was deleted.`,
  },
};

function openOf(count: number): string {
  return new Intl.PluralRules('en').select(count) === 'one'
    ? `${showNumber(count)} open delivery is`
    : `${showNumber(count)} open deliveries are`;
}
