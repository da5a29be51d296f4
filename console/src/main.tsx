// The console starts here.

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/problem';
import { Theme } from './frame/Theme';
import { makeRouter } from './router';

// The page can be reached by several names of the server, but tokens are for one of them.
const address = document.querySelector<HTMLMetaElement>('meta[name="comity-address"]')?.content;
const home = address?.startsWith('http') ? new URL(address).origin : location.origin;

if (home !== location.origin) {
  location.replace(home + location.pathname + location.search + location.hash);
} else {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        // What may work a little later is tried again; a refusal is one.
        retry: (count, problem) =>
          count < 2 && problem instanceof Problem && problem.isPassing && problem.status !== 503,
      },
    },
  });
  const root = document.getElementById('console');
  if (root) {
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <Theme>
            <RouterProvider router={makeRouter(queries)} />
          </Theme>
        </QueryClientProvider>
      </StrictMode>,
    );
  }
}
