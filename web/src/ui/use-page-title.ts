import { useEffect } from 'react';

/** Names the page in the title of the window. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Signalman`;
  }, [title]);
}
