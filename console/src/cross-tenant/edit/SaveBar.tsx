// What is changed and not saved, always in sight, with the two ways on.

import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { ReasonedButton } from '../../pieces/Reasoned';
import { texts } from './words';

const useStyles = makeStyles({
  bar: {
    position: 'sticky',
    insetBlockEnd: 0,
    zIndex: 1,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalM,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
});

export interface SaveBarProps {
  count: number;
  /** Why it cannot be saved as it is. */
  reason: string | undefined;
  onSave: () => void;
  onDiscard: () => void;
}

export function SaveBar({ count, reason, onSave, onDiscard }: SaveBarProps) {
  const styles = useStyles();
  const nothing = count === 0 ? texts.nothingToSave : undefined;
  return (
    <div className={styles.bar}>
      <ReasonedButton appearance="primary" reason={nothing ?? reason} onClick={onSave}>
        {texts.save}
      </ReasonedButton>
      <Button disabledFocusable={count === 0} onClick={() => count > 0 && onDiscard()}>
        {texts.discard}
      </Button>
      <Text role="status">{count > 0 ? `${texts.unsaved(count)} ${reason ?? ''}` : ''}</Text>
    </div>
  );
}
