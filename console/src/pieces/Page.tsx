// What every page has: a heading that gets the focus when one comes to it, where one is, what can be
// done, and the content.

import {
  Breadcrumb,
  BreadcrumbDivider,
  BreadcrumbItem,
  makeStyles,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { Fragment, type ReactNode, useEffect, useRef } from 'react';
import { texts } from './words';

const useStyles = makeStyles({
  page: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalXXL} ${tokens.spacingHorizontalXXXL} ${tokens.spacingVerticalXXXL}`,
    '@media (max-width: 640px)': { padding: tokens.spacingHorizontalL },
    minWidth: 0,
  },
  head: { display: 'grid', gap: tokens.spacingVerticalS },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalL,
  },
  title: { ...typographyStyles.title2, margin: 0, overflowWrap: 'anywhere', outlineStyle: 'none' },
  lead: { margin: 0, maxWidth: '46rem', color: tokens.colorNeutralForeground2 },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** The page whose heading had the focus last; a page that is only painted again does not take it. */
let arrivedAt = '';

export interface PageProps {
  title: string;
  lead?: ReactNode;
  /** Links to what lies above, from the top. */
  above?: ReactNode[];
  actions?: ReactNode;
  children?: ReactNode;
}

export function Page({ title, lead, above, actions, children }: PageProps) {
  const styles = useStyles();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} - Comity`;
    const first = arrivedAt === '';
    const moved = arrivedAt !== location.pathname;
    arrivedAt = location.pathname;
    // Whoever opens the console begins at the top; whoever moves on begins at the heading.
    if (moved && !first) heading.current?.focus();
  }, [title]);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        {above && above.length > 0 && (
          <Breadcrumb size="small" aria-label={texts.breadcrumb}>
            {above.map((link, place) => (
              // The links of a page do not change places.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Fragment key={place}>
                {place > 0 && <BreadcrumbDivider />}
                <BreadcrumbItem>{link}</BreadcrumbItem>
              </Fragment>
            ))}
          </Breadcrumb>
        )}
        <div className={styles.row}>
          <h1 ref={heading} tabIndex={-1} className={styles.title} dir="auto">
            {title}
          </h1>
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
        {lead && <p className={styles.lead}>{lead}</p>}
      </div>
      {children}
    </div>
  );
}
