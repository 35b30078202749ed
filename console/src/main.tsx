import './first.ts';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.ts';
import { downloadByFetch } from './portal/downloads.ts';
import { isPortal } from './portal/place.ts';
import { awaitTokens } from './portal/visit.ts';
import { router } from './router/router.ts';
import { styleNonce } from './theme/theme.ts';
import { Themed } from './theme/themed.tsx';

// after the first paint: notices come later
const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the console');

// dialogs lock the scrolling of the page by a style element of their own
setNonce(styleNonce());

if (isPortal) {
  awaitTokens();
  downloadByFetch();
}

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Themed>
        <Suspense>
          <Notifications position="bottom-right" />
        </Suspense>
        <RouterProvider router={router} />
      </Themed>
    </QueryClientProvider>
  </StrictMode>,
);
