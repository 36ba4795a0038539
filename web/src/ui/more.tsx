import type { InfiniteData } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '../api/queries.ts';
import { Button } from './button.tsx';
import { Failed, Loading } from './states.tsx';
import './more.css';

/** The part of a paged query that {@link Pages} needs. */
interface PagedReading<Item> {
  data: InfiniteData<Page<Item>> | undefined;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** Shows the items of a list that were read so far, and offers to read more. */
export function Pages<Item>({
  query,
  children,
}: {
  query: PagedReading<Item>;
  children: (items: Item[]) => ReactNode;
}) {
  if (!query.data)
    return query.error ? (
      <Failed error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Loading lines={6} />
    );
  return (
    <>
      {children(query.data.pages.flatMap(({ items }) => items))}
      {query.hasNextPage && (
        <div className="more">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? 'Reading' : 'Show older'}
          </Button>
        </div>
      )}
    </>
  );
}
