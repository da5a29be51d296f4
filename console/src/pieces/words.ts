import { many, words } from '../words';

export const texts = words('pieces', {
  retry: 'Try again',
  requestId: (id: string) => `Request id: ${id}`,
  copy: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  loading: 'Loading…',
  search: 'Search',
  csv: 'Download as CSV',
  clear: 'Clear the search and all filters',
  rows: (count: number) => many(count, 'entry', 'entries'),
  found: (count: number, of: number) => `${count.toLocaleString('en')} of ${many(of, 'entry', 'entries')}`,
  nothing: 'Nothing here yet',
  nothingFound: 'Nothing matches the search and the filters.',
  previous: 'Previous page',
  next: 'Next page',
  pageOf: (page: number, of: number) => `Page ${page.toLocaleString('en')} of ${of.toLocaleString('en')}`,
  pages: 'Pages',
  cancel: 'Cancel',
  working: 'Working…',
  reloaded:
    'What is there now has been loaded. What you have changed is kept: look at it, then save again or discard it.',
  never: 'Unknown',
  at: (moment: string) =>
    new Date(moment).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }),
  unsavedTitle: 'Discard what you have changed?',
  unsaved: 'You have changes on this page that are not saved.',
  discard: 'Discard',
  stay: 'Stay',
  because: 'Not available: ',
  breadcrumb: 'Where you are',
});
