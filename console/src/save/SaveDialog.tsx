// Between editing and saving: what will be different, property by property; what that opens and
// closes; who would be hit; what deserves a second look; and why it is done.
//
// A draft is a list of requests as `POST /comity/v1/preview` takes them, so all of that is asked of
// the server. Nothing of it stands in the way of saving: what could not be asked is said.

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
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { carryOut, type GraphRequest } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { organizations, useNames, withNames } from '../names/names';
import { Link } from '../pieces/Link';
import { ProblemBar } from '../pieces/ProblemBar';
import { again, useMe } from '../session/session';
import { texts as sessionTexts } from '../session/words';
import type { Keep } from './consequences';
import { DifferencePart } from './DifferencePart';
import { withKept } from './keeping';
import { LintPart } from './LintPart';
import { PreviewPart } from './PreviewPart';
import { texts } from './words';

/** One setting that is changed, in the words of the page it is changed on. */
export interface Change {
  property: string;
  before: ReactNode;
  after: ReactNode;
}

export interface SaveDialogProps {
  open: boolean;
  /** The draft. All requests are about one entity, and are carried out in this order. */
  requests: readonly GraphRequest[];
  /** The ETag of the entity that the draft was made on. */
  ifMatch: string | undefined;
  changes: readonly Change[];
  onSaved: () => void;
  /** Somebody else has changed the entity meanwhile. */
  onConflict: () => void;
  onClose: () => void;
}

const useStyles = makeStyles({
  surface: { maxWidth: '60rem' },
  content: { display: 'grid', gap: tokens.spacingVerticalL },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
});

const LONGEST_REASON = 1000;
/** Longer drafts do not fit into an address. */
const LONGEST_DRAFT = 6000;
const NOBODY: readonly Keep[] = [];

export function SaveDialog(props: SaveDialogProps) {
  const styles = useStyles();
  const { changes, onSaved, onConflict, onClose } = props;
  const me = useMe();
  const names = useNames();
  const { data: known } = useQuery(organizations(me.tenant.id));
  // Those whom it would hit, and who are to be kept.
  const [kept, setKept] = useState(NOBODY);
  const written = JSON.stringify(props.requests);
  const requests = useMemo(
    () =>
      withKept(
        JSON.parse(written) as GraphRequest[],
        kept,
        (known ?? []).map(({ tenantId }) => tenantId),
      ),
    [written, kept, known],
  );
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  // What was carried out before something went wrong is not carried out twice.
  const [done, setDone] = useState(0);
  const [tag, setTag] = useState(props.ifMatch);
  const [wait, setWait] = useState<number>();

  useEffect(() => {
    if (!props.open) return;
    setDone(0);
    setTag(props.ifMatch);
    setKept(NOBODY);
    setProblem(undefined);
    setWait(undefined);
  }, [props.open, props.ifMatch]);

  async function save() {
    setBusy(true);
    setProblem(undefined);
    setWait(undefined);
    let [next, current] = [done, tag];
    try {
      for (; next < requests.length; next += 1) {
        const request = requests[next];
        if (!request) break;
        // What keeps somebody is an entry of its own, and not what the draft was made on.
        const isOwn = next >= requests.length - props.requests.length;
        const ifMatch = isOwn ? current : undefined;
        const left = await carryOut(request, { ifMatch, reason: reason.trim() || undefined });
        if (isOwn) current = left.tag ?? current;
      }
      setReason('');
      onSaved();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status === 412) onConflict();
      else setProblem(problem);
      if (problem.status === 503) setWait(Math.max(1, problem.retryAfter ?? 5));
    } finally {
      setDone(next);
      setTag(current);
      setBusy(false);
    }
  }

  // While the settings are being moved, it is tried again when the server says it is worth it.
  useEffect(() => {
    if (wait === undefined || !props.open) return;
    const timer = setTimeout(() => (wait > 1 ? setWait(wait - 1) : void save()), 1000);
    return () => clearTimeout(timer);
  });

  const prove = () =>
    again(problem?.claims)
      .then(save)
      .catch((thrown: unknown) => setProblem(asProblem(thrown)));

  return (
    <Dialog open={props.open} modalType="modal" onOpenChange={(_, { open }) => !open && !busy && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{texts.title}</DialogTitle>
          <DialogContent className={styles.content}>
            <div>{texts.lead}</div>
            <Table aria-label={texts.changes} size="small">
              <TableHeader>
                <TableRow>
                  <TableHeaderCell>{texts.property}</TableHeaderCell>
                  <TableHeaderCell>{texts.before}</TableHeaderCell>
                  <TableHeaderCell>{texts.after}</TableHeaderCell>
                </TableRow>
              </TableHeader>
              <TableBody>
                {kept.map((keep) => (
                  <TableRow key={keep.tenantId + keep.section}>
                    <TableCell className={styles.cell}>
                      {texts.kept.property(
                        texts.difference.section[keep.section] ?? keep.section,
                        withNames(keep.tenantId, names),
                      )}
                    </TableCell>
                    <TableCell className={styles.cell}>{texts.kept.before}</TableCell>
                    <TableCell className={styles.cell}>
                      {withNames(keep.sentence, names)}{' '}
                      <Button
                        size="small"
                        disabledFocusable={busy || done > 0}
                        onClick={() => done === 0 && setKept(kept.filter((other) => other !== keep))}
                      >
                        {texts.kept.undo}
                      </Button>
                    </TableCell>
                  </TableRow>
                ))}
                {changes.map((change) => (
                  <TableRow key={change.property}>
                    <TableCell className={styles.cell}>{change.property}</TableCell>
                    <TableCell className={styles.cell}>{change.before}</TableCell>
                    <TableCell className={styles.cell}>{change.after}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
            {props.open && (
              <>
                <DifferencePart requests={requests} />
                <PreviewPart
                  requests={requests}
                  onKeep={(keep) =>
                    done === 0 &&
                    setKept([
                      ...kept.filter(
                        ({ tenantId, section }) => tenantId !== keep.tenantId || section !== keep.section,
                      ),
                      keep,
                    ])
                  }
                />
                <LintPart requests={requests} />
              </>
            )}
            {JSON.stringify(requests).length < LONGEST_DRAFT && (
              <Link to="/try" search={{ draft: requests }} target="_blank">
                {texts.tryIt}
              </Link>
            )}
            <Field
              label={texts.reason}
              hint={texts.reasonHint}
              validationState={reason.length > LONGEST_REASON ? 'error' : 'none'}
              validationMessage={reason.length > LONGEST_REASON ? texts.reasonLong : undefined}
            >
              <Textarea value={reason} onChange={(_, { value }) => setReason(value)} />
            </Field>
            {problem && done > 0 && (
              <MessageBar intent="warning" layout="multiline">
                <MessageBarBody>{texts.half(done, requests.length)}</MessageBarBody>
              </MessageBar>
            )}
            {wait !== undefined && (
              <MessageBar intent="warning" layout="multiline">
                <MessageBarBody>
                  {texts.moving} {texts.tryingAgain(wait)}
                </MessageBarBody>
              </MessageBar>
            )}
            {problem && !problem.claims && wait === undefined && <ProblemBar problem={problem} />}
            {problem?.claims && (
              <MessageBar intent="warning" layout="multiline">
                <MessageBarBody>{sessionTexts.stepUpLead}</MessageBarBody>
              </MessageBar>
            )}
          </DialogContent>
          <DialogActions>
            {problem?.claims ? (
              <Button appearance="primary" onClick={() => void prove()}>
                {sessionTexts.stepUpGo}
              </Button>
            ) : (
              <Button
                appearance="primary"
                disabledFocusable={busy || reason.length > LONGEST_REASON}
                onClick={() => void save()}
              >
                {busy ? texts.saving : wait === undefined ? texts.save : texts.tryNow}
              </Button>
            )}
            <Button disabledFocusable={busy} onClick={() => !busy && onClose()}>
              {texts.cancel}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
