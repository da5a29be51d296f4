// A form that is filled in beside a page: what is entered stays until it is sent or given up.

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { FormEvent, ReactNode } from 'react';
import { ReasonedButton } from './Reasoned';
import { WritingBar } from './WritingBar';
import { texts } from './words';
import type { Writing } from './writing';

export interface FormDialogProps {
  open: boolean;
  title: string;
  children: ReactNode;
  /** What the button says that sends it. */
  submit: string;
  writing: Writing;
  /** Why it cannot be sent as it is. */
  reason?: string;
  wide?: boolean;
  onSubmit: () => void;
  onClose: () => void;
}

const useStyles = makeStyles({
  wide: { maxWidth: '52rem' },
  content: { display: 'grid', gap: tokens.spacingVerticalL, alignContent: 'start' },
});

export function FormDialog(props: FormDialogProps) {
  const styles = useStyles();
  const { open, writing, reason } = props;
  const close = () => {
    if (writing.busy) return;
    writing.clear();
    props.onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!writing.busy && !reason) props.onSubmit();
  };
  return (
    <Dialog open={open} modalType="modal" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={props.wide ? styles.wide : undefined}>
        <form onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{props.title}</DialogTitle>
            <DialogContent className={styles.content}>
              {props.children}
              <WritingBar writing={writing} />
            </DialogContent>
            <DialogActions>
              <ReasonedButton
                type="submit"
                appearance="primary"
                reason={reason}
                disabledFocusable={writing.busy}
              >
                {writing.busy ? texts.working : props.submit}
              </ReasonedButton>
              <Button onClick={close}>{texts.cancel}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
