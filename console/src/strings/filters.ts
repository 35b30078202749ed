export const filters = { button: 'Filters', show: 'Show results' };
