import { toBigInt, type Change } from './change.ts';
import { type Books } from './rows.ts';

/** The changes of events that charge fees. */
export const FEE_CHANGES: Record<string, Change> = {
  DevFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'devFee', amount),
  VaultOpeningFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'vaultFee', amount),
  BuilderFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'builderFee', amount),
  OracleFeeCharged: (books, { tradeId, amount }) => {
    // The event of a closing order names only its trade, so the order is the one of that trade that still waits.
    const waiting = [...books.requests.keys()].map((id) => books.orders.get(id));
    const closing = waiting.find((order) => order?.tradeID === String(tradeId));
    if (closing) closing.oracleFee = toBigInt(amount);
    else charge(books, tradeId, 'oracleFee', amount);
  },
  VaultLiqFeeCharged: (books, { orderId, amount }) => charge(books, orderId, 'liquidationFee', amount),
  FeesChargedV2: (books, { orderId, rolloverFees, fundingFees }) => {
    charge(books, orderId, 'rolloverFee', rolloverFees);
    charge(books, orderId, 'fundingFee', fundingFees);
  },
};

type FeeName =
  | 'devFee'
  | 'vaultFee'
  | 'oracleFee'
  | 'builderFee'
  | 'liquidationFee'
  | 'fundingFee'
  | 'rolloverFee';

function charge(books: Books, orderId: unknown, fee: FeeName, amount: unknown): void {
  const order = books.orders.get(String(orderId));
  if (order) order[fee] = toBigInt(amount);
}
