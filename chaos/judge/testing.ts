import type { BookedTrade, FillEvent, RequestEvent, RunRecord, StopEvent, VenueEvent } from './record.ts';

export const LINE = 'hyperliquid/0xa/BTC';
export const TRADE = 'trade-1';
export const SUBJECT = `trade/${TRADE}`;

/** A long of 1 BTC that was entered at 100, closed at 110, paid no fees and is billed. */
export const CLOSED: BookedTrade = {
  id: TRADE,
  venue: 'hyperliquid',
  line: LINE,
  side: 'long',
  isAdopted: false,
  phase: 'closed',
  plannedSize: '1',
  netPnlUsd: '10',
  bills: [
    { kind: 'trade_fee', subject: SUBJECT, amountUsd: '0.2' },
    { kind: 'profit_share', subject: SUBJECT, amountUsd: '1' },
  ],
  adjustedAt: [],
  clockMs: 0,
  story: [],
};

export const fill = (at: number, over: Partial<FillEvent> = {}): FillEvent => ({
  kind: 'fill',
  at,
  line: LINE,
  tradeId: TRADE,
  leg: 'entry',
  orderId: '1',
  side: 'buy',
  size: '1',
  price: '100',
  feeUsd: '0',
  ...over,
});

export const exit = (at: number, over: Partial<FillEvent> = {}): FillEvent =>
  fill(at, { leg: 'exit', side: 'sell', price: '110', orderId: '9', ...over });

/** An execution of an order of the owner's own. */
export const byHand = (at: number, side: 'buy' | 'sell', size: string): FillEvent =>
  fill(at, { tradeId: null, leg: null, side, size, orderId: '77' });

export const stop = (at: number, over: Partial<StopEvent> = {}): StopEvent => ({
  kind: 'stop',
  at,
  line: LINE,
  tradeId: TRADE,
  orderId: '2',
  level: '95',
  size: '1',
  ...over,
});

export const request = (at: number, over: Partial<RequestEvent> = {}): RequestEvent => ({
  kind: 'request',
  at,
  answeredAt: at,
  tradeIds: [TRADE],
  outcome: 'done',
  text: '',
  ...over,
});

export const recordOf = (events: readonly VenueEvent[], over: Partial<RunRecord> = {}): RunRecord => ({
  events,
  trades: [CLOSED],
  absences: [],
  stalls: [],
  endedAt: 100_000,
  ...over,
});
