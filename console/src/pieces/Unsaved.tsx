// Nothing that was entered is lost by leaving a page: one is asked first.

import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './ConfirmDialog';
import { texts } from './words';

export function Unsaved({ changed }: { changed: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && current.pathname !== next.pathname,
    enableBeforeUnload: () => changed,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      open={blocker.status === 'blocked'}
      title={texts.unsavedTitle}
      yes={texts.discard}
      no={texts.stay}
      onYes={() => blocker.proceed?.()}
      onNo={() => blocker.reset?.()}
    >
      {texts.unsaved}
    </ConfirmDialog>
  );
}
