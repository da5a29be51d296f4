// The mark: two links, held together by a third.

import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  whole: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  name: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  one: { fill: tokens.colorBrandBackground },
  other: { fill: tokens.colorBrandStroke2Contrast },
  bond: { fill: tokens.colorNeutralForeground1 },
});

export function Mark({ name }: { name?: boolean }) {
  const styles = useStyles();
  return (
    <span className={styles.whole}>
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path className={styles.one} d="M4 16a8 8 0 0 1 8-8h3v4h-3a4 4 0 0 0 0 8h3v4h-3a8 8 0 0 1-8-8Z" />
        <path className={styles.other} d="M28 16a8 8 0 0 1-8 8h-3v-4h3a4 4 0 0 0 0-8h-3V8h3a8 8 0 0 1 8 8Z" />
        <path className={styles.bond} d="M11 14.5h10v3H11z" />
      </svg>
      {name && <span className={styles.name}>Comity</span>}
    </span>
  );
}
