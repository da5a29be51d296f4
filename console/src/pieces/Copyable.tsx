// An id that one can read and copy.

import { Button, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXXS, maxWidth: '100%' },
  text: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});

export function Copyable({ text, what }: { text: string; what: string }) {
  const styles = useStyles();
  const [copied, setCopied] = useState(false);
  return (
    <span className={styles.whole}>
      <span className={styles.text}>{text}</span>
      <Tooltip content={copied ? texts.copied : texts.copy(what)} relationship="label">
        <Button
          appearance="transparent"
          size="small"
          icon={copied ? <CheckmarkRegular /> : <CopyRegular />}
          onClick={async () => {
            await navigator.clipboard.writeText(text);
            setCopied(true);
            setTimeout(() => setCopied(false), 2000);
          }}
        />
      </Tooltip>
    </span>
  );
}
