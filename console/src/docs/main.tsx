import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import '../console.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { preferences } from '../preferences.ts';
import { cookieSchemeManager, cssVariables, styleNonce, theme } from '../theme/theme.ts';
import { Site } from './site.tsx';

// `/docs`: an entry of its own, since it needs no key and nothing of the console's session.

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the documentation');
setNonce(styleNonce());

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={cookieSchemeManager()}
      defaultColorScheme={preferences().scheme}
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Router base="/docs">
          <Site />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
