// Inherited or configured, in words and by a picture, never by colour alone.

import { makeStyles, tokens } from '@fluentui/react-components';
import { ArrowTurnDownRightRegular, EditRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  whole: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  inherited: { color: tokens.colorNeutralForeground3 },
  own: { color: tokens.colorBrandForeground1 },
  icon: { flexShrink: 0 },
});

/** What is in front of a state: whether it is the organization's own or comes from the default. */
export function Status({ own, children }: { own: boolean; children: ReactNode }) {
  const styles = useStyles();
  return (
    <span className={styles.whole}>
      <span className={own ? styles.own : styles.inherited}>
        {own ? <EditRegular aria-hidden /> : <ArrowTurnDownRightRegular aria-hidden />}
      </span>
      <span>{children}</span>
    </span>
  );
}
