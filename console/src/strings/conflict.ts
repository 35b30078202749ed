export const conflict = {
  title: 'It was changed meanwhile',
  by: (name: string, age: string) => `Changed by ${name} ${age}.`,
  system: 'Passwire',
  unknown: 'It was changed after you opened it.',
  columns: { member: 'Member', was: 'When you opened it', now: 'Now', applied: 'With yours' },
  none: 'none',
  apart: 'You changed other members: applying yours leaves theirs as they are.',
  both: 'You changed the same: applying yours replaces theirs.',
  hint: 'Taking theirs forgets what you entered.',
  applyMine: 'Apply mine',
  takeTheirs: 'Take theirs',
};
