import type { QueryClient } from '@tanstack/react-query';
import type { Topic } from '../api/queries.ts';
import { heard, lost } from './contact.ts';

/** How often what changes by itself is read again. */
const EVERY_MS = 2_000;
/**
 * Topics that change by the second; the others are read again each eighth time. Accounts are asked for at their venues,
 * out of the budget that trading has: their page says how often.
 */
const FAST: readonly Topic[] = ['trades', 'brakes'];
const SLOW_EVERY = 8;

/**
 * Reads what the open pages show again and again, while the window is seen. Returns what ends it.
 */
export function keepFresh(client: QueryClient): () => void {
  let round = 0;
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    round += 1;
    const isSlow = round % SLOW_EVERY === 0;
    await client.invalidateQueries({
      refetchType: 'active',
      predicate: ({ queryKey: [topic] }) =>
        isSlow ? topic !== 'accounts' : FAST.some((fast) => fast === topic),
    });
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  const onSeen = () => void look();
  document.addEventListener('visibilitychange', onSeen);
  const stopListening = client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated') return;
    const { status, fetchStatus } = query.state;
    if (fetchStatus !== 'idle') return;
    if (status === 'success') heard('asking');
    else lost();
  });
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onSeen);
    stopListening();
  };
}
