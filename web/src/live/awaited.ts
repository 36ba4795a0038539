/** Trades whose end a person of this tab asked for. */
const awaited = new Set<string>();

/** Notes that a person waits for the end of a trade, which an event will tell. */
export const awaitEnd = (tradeId: string): void => void awaited.add(tradeId);

/** Returns whether somebody waits for the end of a trade, once. */
export const awaits = (tradeId: string): boolean => awaited.delete(tradeId);
