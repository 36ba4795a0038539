/** Names the position of an account in one instrument at a venue that nets positions. */
export const nettedLine = (account: string, coin: string): string =>
  `hyperliquid/${account.toLowerCase()}/${coin}`;

/** Names the position of one trade at a venue where each stands apart; `tradeId` is the venue's. */
export const apartLine = (tradeId: string): string => `ostium/${tradeId}`;
