import type { ReactNode } from 'react';
import { RequestError } from '../api/client.ts';
import { Button } from './button.tsx';
import './states.css';

/** Says that there is nothing yet, and how something comes here. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="state">
    <p className="state-title">{title}</p>
    {children && <p className="quiet">{children}</p>}
  </div>
);

/** Grey lines in the place of what is being read. */
export const Loading = ({ lines = 4 }: { lines?: number }) => (
  <div className="loading" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} style={{ width: `${92 - ((line * 17) % 40)}%` }} />
    ))}
  </div>
);

/** Says what went wrong and what to do, and offers another try. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const problem = error instanceof RequestError ? error : null;
  if (problem?.isForbidden) return <NoRights detail={problem.detail} />;
  return (
    <div className="state" role="alert">
      <p className="state-title">{problem?.message ?? 'Something went wrong on this page.'}</p>
      <p className="quiet">
        {problem?.detail ?? String(error)}
        {problem?.code && (
          <>
            {' '}
            <a href={`/problems/${problem.code}`} className="mono">
              {problem.code}
            </a>
          </>
        )}
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

const NoRights = ({ detail }: { detail: string }) => (
  <div className="state">
    <p className="state-title">You may not see this.</p>
    <p className="quiet">{detail || 'Ask an admin for the right, or sign in as someone who has it.'}</p>
  </div>
);

/** The part of a query that {@link Read} needs. */
interface Reading<Data> {
  data: Data | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** Shows what a query read; while it reads, grey lines, and where it failed, why. What was read once stays. */
export function Read<Data>({
  query,
  lines,
  children,
}: {
  query: Reading<Data>;
  lines?: number;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading {...(lines !== undefined && { lines })} />;
}
