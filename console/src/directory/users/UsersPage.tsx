// The users: those who are here, and those who were deleted.

import { type PageTab, TabbedPage } from '../../pieces/TabbedPage';
import { users as texts } from '../words';

const TABS: readonly PageTab[] = [
  { to: '/users', label: texts.tabs.all },
  { to: '/users/deleted', label: texts.tabs.deleted },
];

export function UsersPage() {
  return <TabbedPage title={texts.title} lead={texts.lead} label={texts.tabs.label} tabs={TABS} />;
}
