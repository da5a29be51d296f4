// Whose people go where: the one thing everybody gets wrong once.

import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { ArrowRightRegular, BuildingRegular, GlobeRegular, PeopleRegular } from '@fluentui/react-icons';
import { useMe } from '../../session/session';
import type { Direction } from '../data/model';
import { texts } from './words';

const useStyles = makeStyles({
  whole: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  party: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    overflowWrap: 'anywhere',
  },
  arrow: { fontSize: '20px', color: tokens.colorBrandForeground1, flexShrink: 0 },
  said: { color: tokens.colorNeutralForeground2 },
});

export function SideLine({ direction, other }: { direction: Direction; other: string }) {
  const styles = useStyles();
  const me = useMe();
  const own = me.tenant.displayName ?? me.tenant.id;
  const outwards = direction === 'outbound';
  return (
    <section className={styles.whole} aria-label={texts.side.label}>
      <span className={styles.party}>
        <PeopleRegular aria-hidden />
        <Text weight="semibold" dir="auto">
          {outwards ? own : other}
        </Text>
      </span>
      <ArrowRightRegular className={styles.arrow} aria-hidden />
      <span className={styles.party}>
        {direction === 'restrictions' ? <GlobeRegular aria-hidden /> : <BuildingRegular aria-hidden />}
        <Text weight="semibold" dir="auto">
          {direction === 'restrictions' ? other : outwards ? other : own}
        </Text>
      </span>
      <Text className={styles.said}>{texts.side[direction](own, other)}</Text>
    </section>
  );
}
