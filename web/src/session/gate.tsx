import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { RequestError } from '../api/client.ts';
import { whoAmIQuery } from '../api/queries.ts';
import { keepFresh } from '../live/keep-fresh.ts';
import { Failed, Loading } from '../ui/states.tsx';
import { SignInPage } from './sign-in-page.tsx';

/** Shows the pages to those who are signed in, and the sign-in to all others. */
export function Gate({ children }: { children: ReactNode }) {
  const who = useQuery(whoAmIQuery());
  const isSignedOut = who.error instanceof RequestError && who.error.isSignedOut;
  const isSignedIn = who.data !== undefined && !isSignedOut;
  const client = useQueryClient();
  useEffect(() => (isSignedIn ? keepFresh(client) : undefined), [client, isSignedIn]);
  if (isSignedOut) return <SignInPage />;
  if (who.data) return <>{children}</>;
  return who.error ? <Failed error={who.error} onRetry={() => void who.refetch()} /> : <Loading lines={6} />;
}
