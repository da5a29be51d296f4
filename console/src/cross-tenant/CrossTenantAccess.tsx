// The three tabs of the settings.

import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { Outlet, useMatchRoute, useNavigate } from '@tanstack/react-router';
import { Page } from '../pieces/Page';
import { texts } from './words';

const TABS = [
  { to: '/cross-tenant-access/organizations', label: texts.tabs.organizations },
  { to: '/cross-tenant-access/default', label: texts.tabs.default },
  { to: '/cross-tenant-access/clouds', label: texts.tabs.clouds },
] as const;

const useStyles = makeStyles({
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  panel: { minWidth: 0 },
});

export function CrossTenantAccess() {
  const styles = useStyles();
  const navigate = useNavigate();
  const matches = useMatchRoute();
  const here = TABS.find(({ to }) => matches({ to }));
  // A page of one organization has no tabs above it.
  if (!here) return <Outlet />;
  return (
    <Page title={texts.title} lead={texts.lead}>
      <TabList
        className={styles.tabs}
        aria-label={texts.tabs.label}
        selectedValue={here.to}
        onTabSelect={(_, { value }) => void navigate({ to: value as (typeof TABS)[number]['to'] })}
      >
        {TABS.map(({ to, label }) => (
          <Tab key={to} id={`tab${to}`} value={to} aria-controls="settings-panel">
            {label}
          </Tab>
        ))}
      </TabList>
      <div id="settings-panel" role="tabpanel" aria-labelledby={`tab${here.to}`} className={styles.panel}>
        <Outlet />
      </div>
    </Page>
  );
}
