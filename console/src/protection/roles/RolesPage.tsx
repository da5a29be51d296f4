// Roles, who has them, and which actions are protected.

import { type PageTab, TabbedPage } from '../../pieces/TabbedPage';
import { roles as texts } from '../words';

const TABS: readonly PageTab[] = [
  { to: '/roles', label: texts.tabs.roles },
  { to: '/roles/assignments', label: texts.tabs.assignments },
  { to: '/roles/actions', label: texts.tabs.actions },
];

export function RolesPage() {
  return <TabbedPage title={texts.title} lead={texts.lead} label={texts.tabs.label} tabs={TABS} />;
}
