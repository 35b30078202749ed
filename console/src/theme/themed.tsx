import { MantineProvider } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { isPortal } from '../portal/place.ts';
import { preferences } from '../preferences.ts';
import { meQuery } from '../session/me.ts';
import { withPrimary } from './portal-theme.ts';
import { cookieSchemeManager, cssVariables, styleNonce, theme } from './theme.ts';

const schemeManager = cookieSchemeManager();

/** The looks of everything: those of the console, in the portal with the platform's colour. */
export function Themed({ children }: { readonly children: ReactNode }) {
  const { data: me } = useQuery({ ...meQuery, enabled: isPortal });
  const colour = me?.portal?.theme.colour;
  const shown = useMemo(() => (colour ? withPrimary(theme, colour) : theme), [colour]);
  return (
    <MantineProvider
      theme={shown}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme={preferences().scheme}
      getStyleNonce={styleNonce}
    >
      {children}
    </MantineProvider>
  );
}
