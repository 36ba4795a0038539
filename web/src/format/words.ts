/** Returns a word of the system, such as `stop_loss`, as a person reads it. */
export const worded = (name: string): string => name.replaceAll('_', ' ');

/** Returns the word with a capital letter. */
export const titled = (name: string): string => {
  const words = worded(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Returns the end of an id, by which commands and routes know it. */
export const shortId = (id: string): string =>
  id.startsWith('0x') ? `${id.slice(0, 6)}…${id.slice(-4)}` : id.slice(-6);

const VENUES: Readonly<Record<string, string>> = { hyperliquid: 'Hyperliquid', ostium: 'Ostium' };

/** Returns the name that a venue calls itself. */
export const venueTitle = (venue: string | null): string => (venue === null ? '–' : (VENUES[venue] ?? venue));
