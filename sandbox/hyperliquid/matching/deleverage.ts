import { positionSize } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { Amount, minOf, toWire } from '../wire/amounts.ts';
import { liquidationOrder } from './liquidation.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { reviewReduceOnly } from './order-lifecycle.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { applyFill } from '../accounts/apply-fill.ts';
import { trackHolding } from './record-fill.ts';

/**
 * Takes `size` of a position from its owner at the mark and free of fees, as the venue does with the winning side when
 * a losing one cannot pay. The owner's reduce-only orders shrink or end. Does nothing if there is no position.
 */
export function deleverage(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  size: Amount | null,
): void {
  const held = positionSize(account, market.asset);
  if (held.isZero()) return;
  const sz = size === null ? held.abs() : minOf(size, held.abs());
  const order = liquidationOrder(exchange, account, market, held.isNeg() ? sz.neg() : sz);
  const { startPosition, closedPnl } = applyFill(account, market, order.isBuy, market.mark, sz);
  trackHolding(market, account);
  order.filledSz = sz;
  order.filledNtl = sz.mul(market.mark);
  order.sz = new Amount(0);
  exchange.addFill(account, {
    coin: market.coin,
    px: toWire(market.mark),
    sz: toWire(sz),
    side: order.isBuy ? 'B' : 'A',
    time: Date.now(),
    startPosition: toWire(startPosition),
    dir: 'Auto-Deleveraging',
    closedPnl: toWire(closedPnl),
    hash: exchange.newHash(),
    oid: order.oid,
    crossed: false,
    fee: '0.0',
    tid: exchange.nextTid++,
    feeToken: 'USDC',
    twapId: null,
  });
  exchange.setStatus(order, 'filled');
  reviewReduceOnly(exchange, account, market, order);
}
