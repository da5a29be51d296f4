// Before something is taken back: what will be different, what that opens and closes, and whom it
// hits, as before any other change.

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Spinner,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { asProblem } from '../api/problem';
import { ProblemBar } from '../pieces/ProblemBar';
import { DifferencePart } from '../save/DifferencePart';
import { LintPart } from '../save/LintPart';
import { PreviewPart } from '../save/PreviewPart';
import { texts as saveTexts } from '../save/words';
import { again, useMe } from '../session/session';
import { texts as sessionTexts } from '../session/words';
import { Compared } from './Compared';
import { comparison, type Restore, restore } from './data';
import { requestsBack } from './requests';
import { texts } from './words';

const useStyles = makeStyles({
  surface: { maxWidth: '60rem' },
  content: { display: 'grid', gap: tokens.spacingVerticalL },
});

export interface RestoreDialogProps {
  wanted: Restore | undefined;
  onClose: () => void;
  onRestored: () => void;
}

export function RestoreDialog({ wanted, onClose, onRestored }: RestoreDialogProps) {
  const styles = useStyles();
  const own = useMe().tenant.id;
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  // From what is now to what it shall be.
  const { data, error, refetch } = useQuery({
    ...comparison(own, 'now', wanted?.to),
    enabled: wanted !== undefined,
  });
  const found = useMemo(
    () => data?.differences.filter(({ part }) => !wanted?.part || part === wanted.part) ?? [],
    [data, wanted],
  );
  const requests = useMemo(() => requestsBack(found), [found]);
  const saving = useMutation({
    mutationFn: () => restore(own, wanted ?? { to: 'now' }, reason),
    onSuccess: async () => {
      await queries.invalidateQueries();
      setReason('');
      onRestored();
    },
  });
  const problem = saving.error && asProblem(saving.error);
  const close = () => {
    saving.reset();
    onClose();
  };
  return (
    <Dialog
      open={wanted !== undefined}
      modalType="modal"
      onOpenChange={(_, { open }) => !open && !saving.isPending && close()}
    >
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{texts.restoring}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{texts.restoringLead(wanted?.to ?? '')}</Text>
            {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
            {!data && !error && <Spinner size="tiny" label={texts.loading} labelPosition="after" />}
            {data && found.length === 0 && <Text>{texts.nothingToDo}</Text>}
            {found.length > 0 && <Compared found={found} from="now" to={wanted?.to ?? ''} />}
            {requests.length > 0 && (
              <>
                <DifferencePart requests={requests} />
                <PreviewPart requests={requests} />
                <LintPart requests={requests} />
              </>
            )}
            <Field label={saveTexts.reason} hint={texts.reasonHint}>
              <Textarea value={reason} maxLength={1000} onChange={(_, { value }) => setReason(value)} />
            </Field>
            {problem && !problem.claims && <ProblemBar problem={problem} />}
            {problem?.claims && (
              <MessageBar intent="warning" layout="multiline">
                <MessageBarBody>{sessionTexts.stepUpLead}</MessageBarBody>
              </MessageBar>
            )}
          </DialogContent>
          <DialogActions>
            {problem?.claims ? (
              <Button
                appearance="primary"
                onClick={() =>
                  void again(problem.claims).then(
                    () => saving.mutate(),
                    () => {},
                  )
                }
              >
                {sessionTexts.stepUpGo}
              </Button>
            ) : (
              <Button
                appearance="primary"
                disabledFocusable={saving.isPending || found.length === 0}
                onClick={() => !saving.isPending && found.length > 0 && saving.mutate()}
              >
                {saving.isPending ? texts.saving : texts.save}
              </Button>
            )}
            <Button disabledFocusable={saving.isPending} onClick={() => !saving.isPending && close()}>
              {texts.cancel}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
