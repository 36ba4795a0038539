/** Kinds of triggers by their numbers in the contracts. */
export const TRIGGER = { takeProfit: 0, stopLoss: 1, liquidation: 2, open: 3, closeDayTrade: 4 } as const;

/** Returns the key of one trigger of one trade or limit order. */
export function triggerKey(kind: number, id: string): string {
  return `${kind}/${id}`;
}
