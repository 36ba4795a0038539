import type { Amount } from '../wire/amounts.ts';

export type Tif = 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket' | 'LiquidationMarket';

/** Order status words as `orderStatus` and `orderUpdates` carry them. */
export type OrderStatus =
  | 'open'
  | 'filled'
  | 'canceled'
  | 'triggered'
  | 'rejected'
  | 'marginCanceled'
  | 'selfTradeCanceled'
  | 'reduceOnlyCanceled'
  | 'siblingFilledCanceled'
  | 'liquidatedCanceled'
  | 'scheduledCancel'
  | 'tickRejected'
  | 'minTradeNtlRejected'
  | 'perpMarginRejected'
  | 'reduceOnlyRejected'
  | 'badAloPxRejected'
  | 'iocCancelRejected'
  | 'badTriggerPxRejected'
  | 'oracleRejected'
  | 'perpMaxPositionRejected'
  | 'tooManyOpenOrdersRejected'
  | 'marketOrderNoLiquidityRejected';

/** `resting`: on the book. `armed`: its trigger watches the mark. `waiting`: for its parent to fill. `closed`: ended. */
export type OrderPhase = 'resting' | 'armed' | 'waiting' | 'closed';

export interface Trigger {
  readonly isMarket: boolean;
  readonly triggerPx: Amount;
  readonly tpsl: 'tp' | 'sl';
}

/** The terms of an order as a client sent them. */
export interface OrderRequest {
  readonly asset: number;
  readonly isBuy: boolean;
  readonly limitPx: Amount;
  readonly sz: Amount;
  readonly reduceOnly: boolean;
  readonly tif: Tif | null;
  readonly trigger: Trigger | null;
  readonly cloid: string | null;
}

export interface Builder {
  readonly address: string;
  /** Tenths of a basis point. */
  readonly fee: number;
}

export interface Order extends OrderRequest {
  readonly oid: number;
  readonly user: string;
  readonly coin: string;
  readonly origSz: Amount;
  /** Size still to be filled. */
  sz: Amount;
  filledSz: Amount;
  filledNtl: Amount;
  limitPx: Amount;
  status: OrderStatus;
  phase: OrderPhase;
  readonly timestamp: number;
  statusTimestamp: number;
  /** Id of the order whose fill places this one, null without one. Orders with one parent cancel each other. */
  readonly parentOid: number | null;
  readonly isPositionTpsl: boolean;
  readonly builder: Builder | null;
}

/** The status of one order in the answer to an `order` or `batchModify` action. */
export type OrderAnswer =
  | { resting: { oid: number; cloid?: string } }
  | { filled: { totalSz: string; avgPx: string; oid: number; cloid?: string } }
  | { error: string }
  | 'waitingForFill'
  | 'waitingForTrigger';
