export const portal = {
  closedTitle: 'This page is not open',
  closed: 'Open it again from where you came.',
  asking: 'Asking the page around this one to open it again.',
  endedTitle: 'Your visit has ended',
  ended: 'Open this page again from where you came.',
  notPart: 'This page is not part of what you may see here.',
};
