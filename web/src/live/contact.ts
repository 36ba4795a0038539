import { useSyncExternalStore } from 'react';

/** How the page hears of news: by the stream, by asking again and again, or not at all. */
export type Way = 'stream' | 'asking' | 'none';

/** Whether what is shown is of now. */
export interface Contact {
  way: Way;
  /** When the API was last heard of, epoch ms. */
  heardAt: number;
}

let contact: Contact = { way: 'none', heardAt: Date.now() };
const listeners = new Set<() => void>();

/** Notes that the API was heard of just now, in which way. */
export const heard = (way: Way): void => change({ way, heardAt: Date.now() });

/** Notes that the API is not heard of any more. */
export const lost = (): void => {
  if (contact.way !== 'none') change({ ...contact, way: 'none' });
};

function change(next: Contact): void {
  contact = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns how the page hears of news, and renders again when that changes. */
export const useContact = (): Contact => useSyncExternalStore(listen, () => contact);
