// What a link has narrowed the rows to, and the way back.

import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';

const useStyles = makeStyles({
  line: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'center' },
});

interface Thing {
  what: string;
  drop: () => void;
}

export interface OnlyProps {
  label: string;
  things: readonly (Thing | undefined | false | '')[];
  dropLabel: (what: string) => string;
}

export function Only({ label, things, dropLabel }: OnlyProps) {
  const styles = useStyles();
  const shown = things.filter((thing) => typeof thing === 'object');
  if (shown.length === 0) return null;
  return (
    <div className={styles.line}>
      <Text>{label}</Text>
      {shown.map(({ what, drop }) => (
        <Button
          key={what}
          size="small"
          icon={<DismissRegular />}
          iconPosition="after"
          aria-label={dropLabel(what)}
          onClick={drop}
        >
          {what}
        </Button>
      ))}
    </div>
  );
}
