// Invitations, and who may make them.

import { type PageTab, TabbedPage } from '../pieces/TabbedPage';
import { texts } from './words';

const TABS: readonly PageTab[] = [
  { to: '/external-collaboration/invitations', label: texts.tabs.invitations },
  { to: '/external-collaboration/settings', label: texts.tabs.settings },
];

export function ExternalCollaboration() {
  return <TabbedPage title={texts.title} lead={texts.lead} label={texts.tabs.label} tabs={TABS} />;
}
