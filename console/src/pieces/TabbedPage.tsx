// A page with tabs, each of which has an address.

import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { type LinkProps, Outlet, useMatchRoute, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { Page } from './Page';

export interface PageTab {
  to: NonNullable<LinkProps['to']>;
  label: string;
}

const useStyles = makeStyles({
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, flexWrap: 'wrap' },
  panel: { minWidth: 0, display: 'grid', gap: tokens.spacingVerticalL },
});

export interface TabbedPageProps {
  title: string;
  lead: ReactNode;
  label: string;
  tabs: readonly PageTab[];
}

/** The tabs, above the one that is open; a page below them stands alone. */
export function TabbedPage({ title, lead, label, tabs }: TabbedPageProps) {
  const styles = useStyles();
  const navigate = useNavigate();
  const matches = useMatchRoute();
  const id = useId();
  const here = tabs.find(({ to }) => matches({ to }));
  if (!here) return <Outlet />;
  return (
    <Page title={title} lead={lead}>
      <TabList
        className={styles.tabs}
        aria-label={label}
        selectedValue={here.to}
        onTabSelect={(_, { value }) => void navigate({ to: value as PageTab['to'] })}
      >
        {tabs.map((tab) => (
          <Tab key={tab.to} id={id + tab.to} value={tab.to} aria-controls={`${id}panel`}>
            {tab.label}
          </Tab>
        ))}
      </TabList>
      <div id={`${id}panel`} role="tabpanel" aria-labelledby={id + here.to} className={styles.panel}>
        <Outlet />
      </div>
    </Page>
  );
}
