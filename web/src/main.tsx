import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RequestError } from './api/client.ts';
import { router } from './app/router.tsx';
import { Gate } from './session/gate.tsx';
import { ProofPrompt } from './session/proof-prompt.tsx';
import { Toasts } from './ui/toasts.tsx';
import './style/tokens.css';
import './style/base.css';

/** Tries of a read that the API could not answer; a refusal is not asked again. */
const MAX_TRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      retry: (failures, error) =>
        failures < MAX_TRIES && !(error instanceof RequestError && error.status >= 400 && error.status < 500),
    },
  },
});
// A page that was open while the interface was built anew names files that are gone.
addEventListener('vite:preloadError', () => location.reload());

const place = document.querySelector('#app');
if (!place) throw new Error('the page has no #app');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Toasts>
        <Gate>
          <RouterProvider router={router} />
          <ProofPrompt />
        </Gate>
      </Toasts>
    </QueryClientProvider>
  </StrictMode>,
);
