// Policies, and the names they can be bound to.

import { type PageTab, TabbedPage } from '../pieces/TabbedPage';
import { conditions as texts } from './words';

const TABS: readonly PageTab[] = [
  { to: '/conditional-access', label: texts.tabs.policies },
  { to: '/conditional-access/contexts', label: texts.tabs.contexts },
];

export function ConditionalAccess() {
  return <TabbedPage title={texts.title} lead={texts.lead} label={texts.tabs.label} tabs={TABS} />;
}
