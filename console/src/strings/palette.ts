export const palette = {
  placeholder: 'A page, or anything to search for',
  nothing: 'No page has this name.',
  searchFor: (wanted: string) => `Search for ${wanted}`,
};
