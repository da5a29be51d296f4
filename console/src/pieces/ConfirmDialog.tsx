// A question before something is done that cannot simply be taken back.

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem';
import { ProblemBar } from './ProblemBar';
import { texts } from './words';

export interface ConfirmDialogProps {
  open: boolean;
  title: string;
  children: ReactNode;
  /** What the button says that does it. */
  yes: string;
  no?: string;
  busy?: boolean;
  problem?: Problem | null;
  onYes: () => void;
  onNo: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open={props.open} modalType="alert" onOpenChange={(_, { open }) => !open && props.onNo()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{props.title}</DialogTitle>
          <DialogContent>
            {props.children}
            {props.problem && <ProblemBar problem={props.problem} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabledFocusable={props.busy} onClick={props.onYes}>
              {props.yes}
            </Button>
            <Button onClick={props.onNo}>{props.no ?? texts.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
