import { toWire } from '../wire/amounts.ts';
import type { Changes } from './changes.ts';
import type { Order, OrderPhase, OrderStatus } from '../orders/order.ts';
import type { WireFill } from '../wire/rows.ts';
import { preciseNow } from '../../precise-now.ts';

/** The state of an order after a change. */
export interface OrderEvent {
  readonly kind: 'order';
  /** Epoch milliseconds with sub-millisecond digits, as of every event. */
  readonly at: number;
  /** Address that signed the request behind the change, null for a change by a price or by the venue itself. */
  readonly signer: string | null;
  readonly user: string;
  readonly oid: number;
  readonly cloid: string | null;
  readonly coin: string;
  readonly isBuy: boolean;
  readonly reduceOnly: boolean;
  readonly triggerPx: string | null;
  readonly tpsl: 'tp' | 'sl' | null;
  /** Size still to be filled. */
  readonly sz: string;
  readonly filledSz: string;
  readonly phase: OrderPhase;
  readonly status: OrderStatus;
}

export interface FillEvent {
  readonly kind: 'fill';
  readonly at: number;
  readonly user: string;
  readonly fill: WireFill;
}

export interface MarkEvent {
  readonly kind: 'mark';
  readonly at: number;
  readonly coin: string;
  readonly px: string;
}

/** A request to POST /exchange, or a question about one order, with its outcome, added when it was answered. */
export interface RequestEvent {
  readonly kind: 'request';
  readonly at: number;
  readonly answeredAt: number;
  readonly action: string;
  readonly signer: string | null;
  readonly user: string | null;
  readonly cloids: readonly string[];
  /** As it was sent; null for a question and for what has none. */
  readonly nonce: number | null;
  /** `unread`: refused or cut before it took effect. `lost`: it took effect and the answer was cut. */
  readonly outcome: 'answered' | 'unread' | 'lost';
  /** The answer, or the fault that took its place. */
  readonly answer: object | string;
}

export type HistoryEvent = OrderEvent | FillEvent | MarkEvent | RequestEvent;

/** Every order change, fill, mark and request since `record` was called. */
export class History {
  readonly #events: HistoryEvent[] = [];
  #isRecording = false;

  /** Starts to record events. */
  record(): void {
    this.#isRecording = true;
  }

  /** Returns the recorded events, oldest first. A request stands at the time of its answer. */
  list(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Adds the changes of one commit. `signer` signed the request behind it, null for a price or the venue itself. */
  add({ orders, fills, ticks }: Changes, signer: string | null): void {
    if (!this.#isRecording) return;
    const at = preciseNow();
    for (const { coin, mark } of ticks) this.#events.push({ kind: 'mark', at, coin, px: toWire(mark) });
    for (const { account, fill } of fills)
      this.#events.push({ kind: 'fill', at, user: account.address, fill });
    for (const order of orders) this.#events.push(orderEvent(order, at, signer));
  }

  /** Adds a request once it has its answer or has been cut. */
  addRequest(request: Omit<RequestEvent, 'kind' | 'answeredAt'>): void {
    if (this.#isRecording) this.#events.push({ kind: 'request', answeredAt: preciseNow(), ...request });
  }
}

function orderEvent(order: Order, at: number, signer: string | null): OrderEvent {
  const { user, oid, cloid, coin, isBuy, reduceOnly, trigger, phase, status } = order;
  return {
    kind: 'order',
    at,
    signer,
    user,
    oid,
    cloid,
    coin,
    isBuy,
    reduceOnly,
    triggerPx: trigger && toWire(trigger.triggerPx),
    tpsl: trigger && trigger.tpsl,
    sz: toWire(order.sz),
    filledSz: toWire(order.filledSz),
    phase,
    status,
  };
}
