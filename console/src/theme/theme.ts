import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';
import { preferences, setPreferences, subscribePreferences } from '../preferences.ts';
import { parts } from '../strings/parts.ts';
import { MEANINGS, type Scheme, SURFACES, TONES, type Tone, toneVariable } from './meanings.ts';

const ink: MantineColorsTuple = [
  '#f4f6f8',
  '#e6e9ed',
  '#cdd3da',
  '#b0b9c4',
  '#8f9aa8',
  '#6b7785',
  '#4a5563',
  '#364150',
  '#232c38',
  '#151c26',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 5 },
  autoContrast: true,
  colors: { ink },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  // 14 px, and nothing larger but headings
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1.0625rem', lineHeight: '1.4' } },
  },
  components: {
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': parts.close } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': parts.close } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': parts.close } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variablesOf('light'),
  dark: variablesOf('dark'),
});

function variablesOf(scheme: Scheme): Record<string, string> {
  const { page, text, dimmed } = SURFACES[scheme];
  const tones = MEANINGS.flatMap((meaning) =>
    (Object.entries(TONES[scheme][meaning]) as [keyof Tone, string][]).map(([part, value]) => [
      toneVariable(meaning, part),
      value,
    ]),
  );
  return {
    '--mantine-color-body': page,
    '--mantine-color-text': text,
    '--mantine-color-dimmed': dimmed,
    '--mantine-color-placeholder': dimmed,
    '--mantine-color-error': TONES[scheme].bad.text,
    ...Object.fromEntries(tones),
  };
}

/** Keeps the choice in our cookie: Mantine's own manager uses the browser's storage. */
export function cookieSchemeManager(): MantineColorSchemeManager {
  let unsubscribe = (): void => {};
  return {
    get: () => preferences().scheme,
    set: (scheme) => setPreferences({ scheme }),
    subscribe(onUpdate) {
      let last = preferences().scheme;
      unsubscribe = subscribePreferences(() => {
        const { scheme } = preferences();
        if (scheme === last) return;
        last = scheme;
        onUpdate(scheme);
      });
    },
    unsubscribe: () => unsubscribe(),
    clear: () => setPreferences({ scheme: 'auto' }),
  };
}

/** The nonce of the page, which styles that scripts make need under the policy. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
