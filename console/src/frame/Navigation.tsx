// The screens, as their routes name themselves.

import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { type LinkProps, Link as RouterLink, useRouter } from '@tanstack/react-router';
import type { Place } from '../router';
import { icons } from './icons';
import { texts } from './words';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXXS },
  group: { display: 'grid', gap: tokens.spacingVerticalXS, marginBlockEnd: tokens.spacingVerticalL },
  label: {
    paddingInline: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
  },
  link: {
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    ':hover': { backgroundColor: tokens.colorNeutralBackground4Hover, color: tokens.colorNeutralForeground1 },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  here: {
    backgroundColor: tokens.colorNeutralBackground4Selected,
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    '::before': {
      content: '""',
      position: 'absolute',
      insetInlineStart: 0,
      insetBlock: '20%',
      width: '3px',
      borderRadius: tokens.borderRadiusMedium,
      backgroundColor: tokens.colorCompoundBrandForeground1,
    },
  },
  icon: { fontSize: '20px', flexShrink: 0 },
});

const GROUPS: readonly Place['group'][] = ['access', 'logs', 'directory', 'protection', 'server'];

export function Navigation({ onGo }: { onGo?: () => void }) {
  const styles = useStyles();
  const router = useRouter();
  const places = Object.values(router.routesById).flatMap((route) => {
    const place: Place | undefined = route.options.staticData?.place;
    return place ? [{ ...place, to: route.fullPath as LinkProps['to'] }] : [];
  });
  return (
    <nav aria-label={texts.navigation}>
      {GROUPS.map((group) => {
        const inside = places.filter((place) => place.group === group);
        if (inside.length === 0) return null;
        inside.sort((one, other) => one.order - other.order);
        const id = `group-${group}`;
        return (
          <div key={group} className={styles.group}>
            <Text id={id} className={styles.label}>
              {texts.groups[group]}
            </Text>
            <ul className={styles.list} aria-labelledby={id}>
              {inside.map((place) => {
                const Icon = icons[place.icon];
                return (
                  <li key={place.label}>
                    <RouterLink
                      to={place.to}
                      className={styles.link}
                      activeProps={{ className: mergeClasses(styles.link, styles.here) }}
                      activeOptions={{ exact: place.to === '/', includeSearch: false }}
                      onClick={onGo}
                    >
                      <Icon className={styles.icon} aria-hidden />
                      {place.label}
                    </RouterLink>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
