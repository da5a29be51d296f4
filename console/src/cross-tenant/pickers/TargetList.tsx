// Whom or what somebody has selected: names where they are known, ids always.

import {
  Button,
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
import { DismissRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { Target } from '../data/model';
import { type Source, useName } from './names';
import { texts } from './words';

const FIRST = 20;

const useStyles = makeStyles({
  frame: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflowX: 'auto',
  },
  name: { overflowWrap: 'anywhere' },
  unknown: { color: tokens.colorNeutralForeground3 },
  empty: { padding: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2 },
  more: { padding: tokens.spacingHorizontalS },
});

export interface TargetListProps {
  targets: readonly Target[];
  source: Source;
  label: string;
  /** Absent: nothing can be removed. */
  onRemove?: (target: Target) => void;
}

export function TargetList({ targets, source, label, onRemove }: TargetListProps) {
  const styles = useStyles();
  const [all, setAll] = useState(false);
  if (targets.length === 0) {
    const text = source.endsWith('People') ? texts.emptyUsers : texts.emptyApplications;
    return <div className={`${styles.frame} ${styles.empty}`}>{text}</div>;
  }
  const shown = all ? targets : targets.slice(0, FIRST);
  return (
    <div className={styles.frame}>
      <Table size="small" aria-label={label}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell>{texts.name}</TableHeaderCell>
            <TableHeaderCell style={{ width: '6rem' }}>{texts.type}</TableHeaderCell>
            <TableHeaderCell>{texts.id}</TableHeaderCell>
            {onRemove && <TableHeaderCell style={{ width: '6rem' }}>{texts.actions}</TableHeaderCell>}
          </TableRow>
        </TableHeader>
        <TableBody>
          {shown.map((target) => (
            <Row
              key={`${target.targetType} ${target.target}`}
              target={target}
              source={source}
              onRemove={onRemove}
            />
          ))}
        </TableBody>
      </Table>
      {shown.length < targets.length && (
        <div className={styles.more}>
          <Button size="small" onClick={() => setAll(true)}>
            {texts.showAll(targets.length)}
          </Button>
        </div>
      )}
    </div>
  );
}

function Row({
  target,
  source,
  onRemove,
}: {
  target: Target;
  source: Source;
  onRemove?: (target: Target) => void;
}) {
  const styles = useStyles();
  const name = useName(source, target);
  return (
    <TableRow>
      <TableCell className={styles.name} dir="auto">
        {name === undefined ? '…' : (name ?? <span className={styles.unknown}>{texts.unknown}</span>)}
      </TableCell>
      <TableCell>{texts.types[target.targetType]}</TableCell>
      <TableCell className={styles.name}>
        <Text font="monospace" size={200}>
          {target.target}
        </Text>
      </TableCell>
      {onRemove && (
        <TableCell>
          <Button
            appearance="subtle"
            size="small"
            icon={<DismissRegular />}
            aria-label={texts.remove(name ?? target.target)}
            onClick={() => onRemove(target)}
          />
        </TableCell>
      )}
    </TableRow>
  );
}
