import './first.ts';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.ts';
import { preferences } from './preferences.ts';
import { router } from './router/router.ts';
import { cookieSchemeManager, cssVariables, styleNonce, theme } from './theme/theme.ts';

// after the first paint: notices come later
const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the console');

// dialogs lock the scrolling of the page by a style element of their own
setNonce(styleNonce());

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={cookieSchemeManager()}
      defaultColorScheme={preferences().scheme}
      getStyleNonce={styleNonce}
    >
      <Suspense>
        <Notifications position="bottom-right" />
      </Suspense>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
