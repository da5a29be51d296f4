// What is around every screen: where one is, who one is, and the way to all the others.

import {
  Avatar,
  Button,
  Divider,
  Drawer,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  Menu,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Text,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import { DarkThemeRegular, DismissRegular, NavigationRegular } from '@fluentui/react-icons';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem, type Problem } from '../api/problem';
import { again, signOut, useMe, useSession } from '../session/session';
import { texts as sessionTexts } from '../session/words';
import { Mark } from './Mark';
import { Navigation } from './Navigation';
import { type Choice, useAppearance } from './Theme';
import { texts } from './words';

const NARROW = '@media (max-width: 900px)';

const useStyles = makeStyles({
  frame: {
    minHeight: '100vh',
    display: 'grid',
    gridTemplateColumns: '16rem minmax(0, 1fr)',
    gridTemplateRows: 'auto 1fr',
    gridTemplateAreas: '"head head" "side main"',
    backgroundColor: tokens.colorNeutralBackground1,
    [NARROW]: { gridTemplateColumns: 'minmax(0, 1fr)', gridTemplateAreas: '"head" "main"' },
  },
  skip: {
    position: 'fixed',
    insetBlockStart: tokens.spacingVerticalS,
    insetInlineStart: tokens.spacingHorizontalS,
    zIndex: 10,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForegroundLink,
    boxShadow: tokens.shadow16,
    ':not(:focus)': { insetBlockStart: '-10rem' },
  },
  head: {
    gridArea: 'head',
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    minWidth: 0,
    paddingInline: tokens.spacingHorizontalL,
    paddingBlock: tokens.spacingVerticalS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  burger: { display: 'none', [NARROW]: { display: 'inline-flex' } },
  tenant: {
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    paddingInlineStart: tokens.spacingHorizontalM,
    borderLeft: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  end: { marginInlineStart: 'auto', display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  side: {
    gridArea: 'side',
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalM}`,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    [NARROW]: { display: 'none' },
  },
  main: { gridArea: 'main', minWidth: 0, outlineStyle: 'none' },
  account: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: '16rem', maxWidth: '22rem' },
  facts: { display: 'grid', gap: tokens.spacingVerticalXXS, margin: 0 },
  fact: { margin: 0, overflowWrap: 'anywhere' },
  term: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export function Frame() {
  const styles = useStyles();
  const session = useSession();
  const [open, setOpen] = useState(false);
  if (session.is === 'nobody') return null;
  const { tenant } = session.me;
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {texts.skip}
      </a>
      <header className={styles.head}>
        <Button
          className={styles.burger}
          appearance="subtle"
          icon={<NavigationRegular />}
          aria-label={texts.menu}
          onClick={() => setOpen(true)}
        />
        <Mark name />
        <Text className={styles.tenant} weight="semibold" dir="auto">
          {tenant.displayName ?? tenant.id}
        </Text>
        <div className={styles.end}>
          <AppearanceMenu />
          <Account />
        </div>
      </header>
      <div className={styles.side}>
        <Navigation />
      </div>
      <Drawer type="overlay" open={open} onOpenChange={(_, data) => setOpen(data.open)}>
        <DrawerHeader>
          <DrawerHeaderTitle
            action={
              <Button
                appearance="subtle"
                icon={<DismissRegular />}
                aria-label={texts.close}
                onClick={() => setOpen(false)}
              />
            }
          >
            {texts.menu}
          </DrawerHeaderTitle>
        </DrawerHeader>
        <DrawerBody>
          <Navigation onGo={() => setOpen(false)} />
        </DrawerBody>
      </Drawer>
      <main id="content" className={styles.main} tabIndex={-1}>
        {session.is === 'over' && <Over />}
        <Outlet />
      </main>
    </div>
  );
}

/** The provider said no more: what is on the page stays, and signing in happens beside it. */
function Over() {
  const [problem, setProblem] = useState<Problem>();
  const message = (thrown: Problem): string => {
    if (thrown.message === 'popup_blocked') return sessionTexts.blocked;
    return thrown.message || sessionTexts.cancelled;
  };
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{sessionTexts.ended}</MessageBarTitle>{' '}
        {problem ? message(problem) : sessionTexts.endedLead}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={() => again().catch((thrown: unknown) => setProblem(asProblem(thrown)))}>
          {sessionTexts.again}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

function AppearanceMenu() {
  const { choice, choose } = useAppearance();
  const choices: readonly Choice[] = ['system', 'light', 'dark', 'contrast'];
  return (
    <Menu
      checkedValues={{ appearance: [choice] }}
      onCheckedValueChange={(_, { checkedItems }) => choose((checkedItems[0] as Choice) ?? 'system')}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={texts.theme} relationship="label">
          <Button appearance="subtle" icon={<DarkThemeRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {choices.map((name) => (
            <MenuItemRadio key={name} name="appearance" value={name}>
              {texts[name]}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function Account() {
  const styles = useStyles();
  const me = useMe();
  const name = me.person?.displayName ?? me.person?.userPrincipalName ?? '';
  const roles = me.roles.map((role) => role.displayName);
  return (
    <Popover positioning="below-end" trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          aria-label={texts.account(name)}
          icon={<Avatar idForColor={name} color="colorful" size={28} aria-hidden />}
        />
      </PopoverTrigger>
      <PopoverSurface aria-label={texts.account(name)}>
        <div className={styles.account}>
          <div>
            <Text weight="semibold" size={400} block dir="auto">
              {name}
            </Text>
            <Text block>{me.person?.userPrincipalName}</Text>
          </div>
          <Divider />
          <dl className={styles.facts}>
            <dt className={styles.term}>{texts.tenant}</dt>
            <dd className={styles.fact} dir="auto">
              {me.tenant.displayName} ({me.tenant.id})
            </dd>
            <dt className={styles.term}>{texts.roles}</dt>
            {roles.length === 0 && <dd className={styles.fact}>{texts.noRoles}</dd>}
            {roles.map((role) => (
              <dd key={role} className={styles.fact}>
                {role}
              </dd>
            ))}
          </dl>
          <Button onClick={() => void signOut()}>{texts.signOut}</Button>
        </div>
      </PopoverSurface>
    </Popover>
  );
}
