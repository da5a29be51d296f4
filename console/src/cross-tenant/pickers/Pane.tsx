// The pane that a picker is shown in.

import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { texts } from './words';

const useStyles = makeStyles({
  body: {
    display: 'grid',
    gap: tokens.spacingVerticalL,
    alignContent: 'start',
    paddingBlockEnd: tokens.spacingVerticalL,
  },
  status: { marginInlineStart: 'auto', alignSelf: 'center' },
});

export interface PaneProps {
  title: string;
  /** What the button says that takes what was chosen. */
  take: string;
  /** How many were chosen. */
  count: number;
  onTake: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function Pane({ title, take, count, onTake, onClose, children }: PaneProps) {
  const styles = useStyles();
  return (
    <OverlayDrawer open position="end" size="medium" onOpenChange={(_, { open }) => !open && onClose()}>
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
      <DrawerFooter>
        <Button appearance="primary" disabledFocusable={count === 0} onClick={() => count > 0 && onTake()}>
          {take}
        </Button>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <span className={styles.status} role="status">
          {texts.selected(count)}
        </span>
      </DrawerFooter>
    </OverlayDrawer>
  );
}
