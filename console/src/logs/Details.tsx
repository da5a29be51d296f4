// The pane beside a log with everything a row says.

import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
  useRestoreFocusSource,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { Fragment, type ReactNode } from 'react';
import { Copyable } from '../pieces/Copyable';
import { texts } from './words';

const useStyles = makeStyles({
  pane: { width: 'min(46rem, 100vw)' },
  body: { display: 'grid', gap: tokens.spacingVerticalL, alignContent: 'start' },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'minmax(7rem, 12rem) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalS,
    margin: 0,
    '@media (max-width: 480px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  term: { color: tokens.colorNeutralForeground2 },
  fact: { margin: 0, overflowWrap: 'anywhere' },
});

export interface DetailsProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Details({ title, open, onClose, children }: DetailsProps) {
  const styles = useStyles();
  const restore = useRestoreFocusSource();
  return (
    <OverlayDrawer
      {...restore}
      position="end"
      className={styles.pane}
      open={open}
      onOpenChange={(_, data) => !data.open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label={texts.close}
              onClick={onClose}
            />
          }
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <div className={styles.body}>{children}</div>
      </DrawerBody>
    </OverlayDrawer>
  );
}

/** Names and what they are; what is empty is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, said]) => said !== null && said !== undefined && said !== '')
        .map(([term, said]) => (
          <Fragment key={term}>
            <dt className={styles.term}>{term}</dt>
            <dd className={styles.fact} dir="auto">
              {said}
            </dd>
          </Fragment>
        ))}
    </dl>
  );
}

/** The address of the row that is open. */
export const RowLink = () => (
  <Facts facts={[[texts.link, <Copyable key="link" text={location.href} what={texts.link} />]]} />
);
