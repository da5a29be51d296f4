// Two people have changed the same settings: what there was, what is there, and what one wants, side by
// side. Nothing of either is lost by looking at it.

import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { changed, type Draft, MEMBERS, sameValue, type Values, wanted } from './draft';
import { Said } from './Said';
import { texts } from './words';

const useStyles = makeStyles({
  surface: { maxWidth: '64rem' },
  content: { display: 'grid', gap: tokens.spacingVerticalL },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
});

export interface ConflictProps {
  begun: Values;
  theirs: Values;
  draft: Draft;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

export function Conflict({ begun, theirs, draft, onKeepMine, onTakeTheirs }: ConflictProps) {
  const styles = useStyles();
  const mine = wanted(begun, draft);
  const own = changed(begun, draft);
  const shown = MEMBERS.filter(
    (member) => own.includes(member) || !sameValue(member, begun[member] as never, theirs[member] as never),
  );
  const nothingLeft =
    changed(theirs, Object.fromEntries(own.map((member) => [member, mine[member]])) as Draft).length === 0;
  return (
    <Dialog open modalType="alert">
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{texts.conflict.title}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{nothingLeft ? texts.conflict.same : texts.conflict.text}</Text>
            <Table size="small" aria-label={texts.conflict.title}>
              <TableHeader>
                <TableRow>
                  <TableHeaderCell>{texts.conflict.property}</TableHeaderCell>
                  <TableHeaderCell>{texts.conflict.base}</TableHeaderCell>
                  <TableHeaderCell>{texts.conflict.theirs}</TableHeaderCell>
                  <TableHeaderCell>{texts.conflict.mine}</TableHeaderCell>
                </TableRow>
              </TableHeader>
              <TableBody>
                {shown.map((member) => (
                  <TableRow key={member}>
                    <TableCell className={styles.cell}>{texts.member[member]}</TableCell>
                    <TableCell className={styles.cell}>
                      <Said member={member} values={begun} />
                    </TableCell>
                    <TableCell className={styles.cell}>
                      <Said member={member} values={theirs} />
                    </TableCell>
                    <TableCell className={styles.cell}>
                      {own.includes(member) ? (
                        <Said member={member} values={mine} />
                      ) : (
                        <Said member={member} values={theirs} />
                      )}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </DialogContent>
          <DialogActions>
            {!nothingLeft && (
              <Button appearance="primary" onClick={onKeepMine}>
                {texts.conflict.keepMine}
              </Button>
            )}
            <Button appearance={nothingLeft ? 'primary' : 'secondary'} onClick={onTakeTheirs}>
              {texts.conflict.takeTheirs}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
