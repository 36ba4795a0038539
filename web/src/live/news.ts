/** An event of a trade or of the system, as the stream of the API tells it. */
export interface News {
  /** Place in the order of all events, to go on from. */
  id: string;
  about: 'trade' | 'system';
  type: string;
  text: string;
  tradeId: string | null;
  symbol: string | null;
}

/** Something that the stream brought, or that happened to it. */
export type Heard =
  | { kind: 'news'; news: News }
  /** Events are missing: everything is to be read anew. */
  | { kind: 'reset' }
  /** The stream is open; told again and again, for tabs that come later. */
  | { kind: 'open' }
  | { kind: 'lost' }
  /** The session opens the stream no more. */
  | { kind: 'ended' };

/** Returns the event of a message of the stream; null for one that cannot be read. */
export function readNews(about: News['about'], data: string): News | null {
  const read = parsed(data);
  if (read === null) return null;
  const { id, type, text, tradeId, symbol } = read;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof text !== 'string') return null;
  return { id, about, type, text, tradeId: textOrNull(tradeId), symbol: textOrNull(symbol) };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function parsed(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
