/**
 * The texts with which the venue refuses requests and orders. Sources: the pages "error responses", "signing" and
 * "nonces" of the official documentation, the official Python SDK and the exception table of ccxt. A text that none of
 * them has is marked as ours.
 */
export const VENUE_TEXT = {
  unreadable: 'Failed to deserialize the JSON body into the target type',
  unableToRecover: 'Unable to recover signer.',
  unknownSigner: (address: string) => `L1 error: User or API Wallet ${address} does not exist.`,
  mustDeposit: (address: string) => `Must deposit before performing actions. User: ${address}`,
  duplicateNonce: (nonce: number) => `Invalid nonce: duplicate nonce ${nonce}`,
  nonceTooLow: (nonce: number, least: number) => `Invalid nonce: nonce too low ${nonce} < ${least}`,
  nonceTooHigh: (nonce: number, most: number) => `Invalid nonce: nonce too high ${nonce} > ${most}`,
  expired: 'Action expired: expiresAfter has passed.',
  wrongChain: (chain: string) => `Invalid hyperliquidChain: expected ${chain}`,
  nonceMismatch: 'Invalid nonce: action nonce does not match the request',
  vaultNotRegistered: (address: string) => `Vault not registered: ${address}`,

  tick: 'Price must be divisible by tick size.',
  invalidPrice: 'Order has invalid price.',
  invalidSize: 'Order has invalid size.',
  zeroSize: 'Order has zero size.',
  minNotional: 'Order must have minimum value of $10.',
  tooFar: 'Order price cannot be more than 80% away from the reference price',
  insufficientMargin: 'Insufficient margin to place order.',
  reduceOnly: 'Reduce only order would increase position.',
  badAlo: (bid: string, ask: string) =>
    `Post only order would have immediately matched, bbo was ${bid}@${ask}.`,
  postOnlyMode: 'Only post-only orders allowed immediately after a network upgrade',
  iocCancel: 'Order could not immediately match against any resting orders.',
  badTriggerPx: 'Invalid TP/SL price.',
  noLiquidity: 'No liquidity available for market order.',
  marginTier: 'Order would cause position to exceed margin tier limit at current leverage',
  missingOrder: 'Order was never placed, already canceled, or filled.',
  modifyMissing: 'Cannot modify canceled or filled order',
  modifyNeedsAlwaysPlace: 'Cannot modify to a trigger order without always_place',
  // Ours.
  modifyToImmediate: 'Cannot modify to an immediate order without always_place',
  tooManyOpenOrders: 'Too many open orders',
  invalidAsset: (asset: number) => `Invalid asset ${asset}`,
  emptyBatch: 'Empty batch of orders',
  tpslNotReduceOnly: 'TP/SL orders must be reduce only',
  builderNotApproved: 'Builder fee has not been approved.',
  builderFeeTooHigh: 'Builder fee exceeds the maximum of 0.1%',
  scheduledCancelVolume: (required: string, traded: string) =>
    `Cannot set scheduled cancel time until enough volume traded. Required: $${required}. Traded: $${traded}.`,
  scheduledCancelTooSoon: 'Scheduled cancel time too early, must be at least 5 seconds from now.',

  invalidLeverage: 'Invalid leverage value',
  switchLeverageType: 'Cannot switch leverage type with open position.',
  crossNotAllowed: 'Cross margin is not allowed for this asset.',
  crossDecrease: 'Cross position does not have sufficient margin available to decrease leverage.',
  isolatedDecrease: 'Isolated position does not have sufficient margin available to decrease leverage.',
  noIsolatedPosition: 'No isolated position to update.',
  insufficientIsolatedMargin: 'Insufficient margin to update isolated position.',

  insufficientWithdrawal: 'Insufficient balance for withdrawal.',
  insufficientTransfer: 'Insufficient balance for transfer.',
  agentNameTooLong: 'Agent name too long (maximum of 16 characters).',
  agentExpiryTooFar: 'Agent expiry must be within 180 days.',
  tooManyAgents: 'Too many extra agents.',
  agentAddressTaken: 'Extra agent already used.',
  invalidFeeRate: 'Invalid max fee rate.',
  tooManyBuilders: 'Too many approved builders.',
  unsupportedAction: (type: string) => `Unsupported action ${type}`,

  cumulativeRequests: (used: number, cap: number, volume: string) =>
    `Too many cumulative requests sent (${used} > ${cap}) for cumulative volume traded $${volume}. ` +
    'Place taker orders to free up 1 request per USDC traded.',
  tooManyRequests: 'Too Many Requests',
} as const;

/** Returns the text with the asset id at its end, as errors of perpetual orders carry it. The documentation omits it. */
export function withAsset(text: string, asset: number): string {
  return `${text} asset=${asset}`;
}
