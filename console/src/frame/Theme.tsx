// Light, dark or high contrast: as the system says, unless the person does.

import {
  createDOMRenderer,
  FluentProvider,
  makeStaticStyles,
  RendererProvider,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export type Choice = 'system' | 'light' | 'dark' | 'contrast';

const KEPT = 'comity.appearance';
const CHOICES: readonly Choice[] = ['system', 'light', 'dark', 'contrast'];
const themes = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };

const Appearance = createContext<{ choice: Choice; choose: (choice: Choice) => void }>({
  choice: 'system',
  choose: () => {},
});

export const useAppearance = () => useContext(Appearance);

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const listen = () => setMatches(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, [query]);
  return matches;
}

function kept(): Choice {
  const value = localStorage.getItem(KEPT) as Choice;
  return CHOICES.includes(value) ? value : 'system';
}

const useStaticStyles = makeStaticStyles({
  'html, body, #console': { height: '100%' },
  body: { margin: 0 },
});

// Style elements carry the number of this answer, or the policy of the page would not let them be.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
const renderer = createDOMRenderer(document, { styleElementAttributes: nonce ? { nonce } : undefined });

function Ground({ children }: { children: ReactNode }) {
  useStaticStyles();
  return children;
}

export function Theme({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<Choice>(kept);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const forced = useMedia('(forced-colors: active)');
  const shown = choice === 'system' ? (forced ? 'contrast' : dark ? 'dark' : 'light') : choice;
  const appearance = useMemo(
    () => ({
      choice,
      choose: (next: Choice) => {
        localStorage.setItem(KEPT, next);
        setChoice(next);
      },
    }),
    [choice],
  );
  useEffect(() => {
    document.documentElement.style.colorScheme = shown === 'light' ? 'light' : 'dark';
  }, [shown]);
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={themes[shown]} style={{ minHeight: '100%' }}>
        <Appearance value={appearance}>
          <Ground>{children}</Ground>
        </Appearance>
      </FluentProvider>
    </RendererProvider>
  );
}
