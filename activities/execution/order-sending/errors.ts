/** The venue did not say what became of an order; the caller retries, which looks it up again. */
export class UnresolvedOrderError extends Error {
  override name = 'UnresolvedOrderError';
  readonly code = 'unresolved';
}

/** The end of the trade has begun: what would protect its position is not sent any more. */
export class TradeOverError extends Error {
  override name = 'TradeOverError';
  readonly code = 'trade_over';
}

/** The order was not sent for a reason that passes (rate limit). */
export class PostponedOrderError extends Error {
  override name = 'PostponedOrderError';
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}
