import { VenueError } from '../../venue.ts';
import { asId, type AccountId, type ClientOrderId, type VenueOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import type { Chain, Receipt } from '../chain/chain.ts';
import { legOf } from './client-order-id.ts';
import { readCancelReason } from '../chain/errors.ts';
import type { TradeHistory } from '../accounts/history.ts';
import { stopOrderId, targetOrderId } from '../accounts/trade-fills.ts';
import { findReceipt } from '../chain/nonce-use.ts';
import { hasTarget, type OpenTrade, type Positions } from '../accounts/positions.ts';
import { readReference } from '../chain/reference.ts';
import { fromChainText } from '../chain/scales.ts';
import { findSettlement, movedTradeOf, orderIdOf, type Settlement } from '../chain/settlement.ts';

/** An order that was placed on chain, and how it ended once it has. */
export interface PlacedOrder {
  orderId: bigint;
  settlement: Settlement | null;
}

/** Finds orders by what was noted of their transactions. Throws `VenueError`. */
export interface OrderFinder {
  /**
   * Null when the reference names no transaction, or all it names were mined and placed no order. Throws
   * `venue_behind` while one of them has no receipt: it may be mined all the same.
   */
  placedBy(reference: string | null): Promise<PlacedOrder | null>;
  settlementOf(orderId: bigint, fromBlock: number): Promise<Settlement | null>;
  /** Returns the report of an order that fills once. */
  report(order: PlacedOrder, clientOrderId: ClientOrderId): Promise<OrderReport>;
  find(
    trader: AccountId,
    clientOrderId: ClientOrderId,
    reference: string | null,
  ): Promise<OrderReport | null>;
}

export function createOrderFinder(chain: Chain, positions: Positions, history: TradeHistory): OrderFinder {
  const settlementOf = (orderId: bigint, fromBlock: number): Promise<Settlement | null> =>
    findSettlement(chain, orderId, fromBlock);

  async function placedBy(reference: string | null): Promise<PlacedOrder | null> {
    const receipt = await succeededOf(chain, reference);
    const orderId = receipt && orderIdOf(receipt, chain.contracts.trading);
    if (receipt === null || orderId === null) return null;
    return { orderId, settlement: await settlementOf(orderId, receipt.blockNumber) };
  }

  async function report(order: PlacedOrder, clientOrderId: ClientOrderId): Promise<OrderReport> {
    const { settlement } = order;
    if (settlement?.kind !== 'closed') return reportOf(order, clientOrderId);
    const fills = await history.fillsOf(settlement.tradeId);
    const fill = fills.find(({ orderId }) => orderId === order.orderId);
    // The node that was asked for the history lacks the block of the settlement.
    if (!fill) return reportOf({ ...order, settlement: null }, clientOrderId);
    return filledReport(order.orderId, clientOrderId, fill.size, fill.price);
  }

  /** Returns the report of a stop or target, which rests while the trade is open and has it. */
  async function protection(
    trader: AccountId,
    clientOrderId: ClientOrderId,
    reference: string | null,
  ): Promise<OrderReport | null> {
    const named = tradeNamedBy(reference);
    if (named !== null) return standing(trader, named, clientOrderId);
    const receipt = await succeededOf(chain, reference);
    if (!receipt) return null;
    const placed = await placedBy(reference);
    if (placed && placed.settlement?.kind !== 'opened') return reportOf(placed, clientOrderId, 'waiting');
    const tradeId = placed ? placed.orderId : movedTradeOf(receipt);
    return tradeId === null ? null : standing(trader, tradeId, clientOrderId);
  }

  async function standing(
    trader: AccountId,
    tradeId: bigint,
    clientOrderId: ClientOrderId,
  ): Promise<OrderReport> {
    const open = (await positions.open(trader)).find((each) => each.tradeId === tradeId);
    return open ? protectionReport(open, clientOrderId) : endedReport(tradeId, clientOrderId);
  }

  async function endedReport(tradeId: bigint, clientOrderId: ClientOrderId): Promise<OrderReport> {
    const venueOrderId = protectionId(tradeId, clientOrderId);
    const fill = (await history.fillsOf(tradeId)).find((each) => each.venueOrderId === venueOrderId);
    const empty = { ...blank(clientOrderId), venueOrderId };
    return fill
      ? { ...empty, status: 'filled', size: fill.size, filledSize: fill.size, averagePrice: fill.price }
      : { ...empty, status: 'canceled', text: 'The trade is not open any more.' };
  }

  return {
    placedBy,
    settlementOf,
    report,
    async find(trader, clientOrderId, reference) {
      const leg = legOf(clientOrderId);
      if (leg === 'stop' || leg === 'take_profit') {
        // A leg of a ladder that does not rest is closed by an order.
        const placed = await placedBy(reference);
        if (placed?.settlement?.kind === 'closed') return report(placed, clientOrderId);
        return protection(trader, clientOrderId, reference);
      }
      const placed = await placedBy(reference);
      return placed && report(placed, clientOrderId);
    },
  };
}

/** Returns the receipt of the transaction that a command succeeded by; null when all of them are known to have failed. */
async function succeededOf(chain: Chain, reference: string | null): Promise<Receipt | null> {
  const hashes = (readReference(reference)?.sent ?? []).map((sent) => sent.hashes);
  const receipts = await Promise.all(hashes.map((each) => findReceipt(chain, each)));
  const succeeded = receipts.find((each) => each?.succeeded === true);
  if (succeeded) return succeeded;
  if (receipts.every((each) => each !== null)) return null;
  const text = `no node has the receipt of a transaction that was sent: ${reference}`;
  throw new VenueError('venue_behind', text, 'retry');
}

/** Returns the trade that the id of a stop or target names; null for any other reference. */
function tradeNamedBy(reference: string | null): bigint | null {
  const tradeId = /^(\d+)\/(?:stop|take_profit)$/.exec(reference ?? '')?.[1];
  return tradeId === undefined ? null : BigInt(tradeId);
}

const protectionId = (tradeId: bigint, clientOrderId: ClientOrderId): VenueOrderId =>
  legOf(clientOrderId) === 'stop' ? stopOrderId(tradeId) : targetOrderId(tradeId);

/** Returns the report of the stop or target of an open trade. */
export function protectionReport(trade: OpenTrade, clientOrderId: ClientOrderId): OrderReport {
  const isStop = legOf(clientOrderId) === 'stop';
  const rests = isStop ? trade.stop !== 0n : hasTarget(trade);
  const level = isStop ? trade.stop : trade.takeProfit;
  return {
    ...blank(clientOrderId),
    venueOrderId: protectionId(trade.tradeId, clientOrderId),
    status: rests ? 'resting' : 'canceled',
    size: fromChainText(trade.notional, 'price'),
    triggerPrice: rests ? fromChainText(level, 'price') : null,
  };
}

const blank = (clientOrderId: ClientOrderId): OrderReport => ({
  clientOrderId,
  venueOrderId: null,
  status: 'waiting',
  size: '0',
  filledSize: '0',
  averagePrice: null,
  code: null,
  text: null,
});

const filledReport = (
  orderId: bigint,
  clientOrderId: ClientOrderId,
  size: string,
  price: string,
): OrderReport => ({
  ...blank(clientOrderId),
  venueOrderId: asId<VenueOrderId>(orderId.toString()),
  status: 'filled',
  size,
  filledSize: size,
  averagePrice: price,
});

/** Returns the report of an order. While it is not settled, its status is `unsettled`. */
export function reportOf(
  { orderId, settlement }: PlacedOrder,
  clientOrderId: ClientOrderId,
  unsettled: 'resting' | 'waiting' = 'resting',
): OrderReport {
  const venueOrderId = asId<VenueOrderId>(orderId.toString());
  const empty = { ...blank(clientOrderId), venueOrderId };
  if (settlement?.kind === 'opened') {
    const { trade, notional } = settlement;
    return filledReport(
      orderId,
      clientOrderId,
      fromChainText(notional, 'price'),
      fromChainText(trade.openPrice, 'price'),
    );
  }
  if (settlement?.kind === 'cancelled') {
    const { code, text } = readCancelReason(settlement.reason);
    const kept =
      settlement.kept === 0n
        ? ''
        : ` It kept ${fromChainText(settlement.kept, 'usdc')} USD for asking the price.`;
    return { ...empty, status: 'rejected', code, text: `${text}${kept}` };
  }
  if (settlement?.kind === 'timed_out') {
    const text = 'Ostium did not fill the order in its time; it was taken back.';
    return { ...empty, status: 'rejected', code: 'settlement_timeout', text };
  }
  return { ...empty, status: unsettled };
}
