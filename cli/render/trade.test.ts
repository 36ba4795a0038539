import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { TradeDetails } from '#api/schemas/trade.ts';
import { renderTrade } from './trade.ts';

const AT = Date.UTC(2026, 10, 21, 3, 0, 0);

const DETAILS: TradeDetails = {
  id: '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57',
  signalId: '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b01',
  deploymentId: '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b02',
  agentName: 'momentum',
  symbol: 'BTC',
  side: 'long',
  venue: 'hyperliquid',
  phase: 'closed',
  paused: false,
  entrySize: '0.1',
  entryPrice: '50000',
  remainingSize: '0',
  stopPrice: '51480',
  stopKind: 'trailing_stop',
  exitPrice: '51480',
  exitReason: 'trailing_stop',
  refusal: null,
  grossPnlUsd: '148',
  feesUsd: '4.5',
  fundingUsd: '0',
  netPnlUsd: '143.5',
  unprotectedMs: 0,
  createdAt: AT,
  openedAt: AT + 100,
  closedAt: AT + 60_000,
  workflowId: 'trade/a/b',
  accountId: '0x01',
  signal: {
    origin: 'message',
    confidence: 0.9,
    requestedVenue: 'MULTI',
    referencePrice: '50000',
    createdAt: AT - 50,
    message: { author: 'ada', text: 'long BTC\nnow', postedAt: AT - 1_000, revisions: [] },
  },
  leverage: 2,
  levels: null,
  routing: {
    venue: 'hyperliquid',
    refusals: [{ venue: 'ostium', code: 'venue_unhealthy', text: 'It is down.' }],
    durationMs: 1.25,
    at: AT + 10,
  },
  position: null,
  watch: null,
  orders: [
    {
      leg: 'entry',
      legNumber: 0,
      revision: 0,
      clientOrderId: '0xaa',
      venueOrderId: '1',
      side: 'buy',
      kind: 'ioc',
      price: '50500',
      triggerPrice: null,
      placedTriggerPrice: null,
      size: '0.1',
      placedSize: '0.1',
      filledSize: '0.1',
      reduceOnly: false,
      status: 'filled',
      code: null,
      text: null,
      createdAt: AT + 20,
      sentAt: AT + 21,
      answeredAt: AT + 30,
      firstStatus: 'filled',
      firstAnsweredAt: AT + 30,
    },
  ],
  fills: [
    {
      venueFillId: '9',
      clientOrderId: '0xaa',
      side: 'buy',
      price: '50000',
      size: '0.1',
      feeUsd: '2.25',
      closedPnlUsd: '0',
      liquidation: false,
      at: AT + 25,
    },
  ],
  funding: [],
  events: [{ type: 'settled', text: 'Closed (trailing_stop)', at: AT + 60_001 }],
  bills: [{ kind: 'trade_fee', amountUsd: '0.2', at: AT + 60_002 }],
};

const render = (details: TradeDetails) => renderTrade(details, picocolors.createColors(false));

test('a closed trade reads from its headline to its bill', () => {
  expect(render(DETAILS)).toEqual([
    'LONG BTC on hyperliquid  closed  4c8e0b57',
    '  why         taken on a post by ada, confidence 0.9; closed by trailing_stop',
    '  size        0.1, 0 left',
    '  entry       50000',
    '  notional    5000.00 USD at 2x',
    '  stop        51480 (trailing_stop)',
    '  exit        51480 (trailing_stop)',
    '  net PnL     +143.50 USD  (gross 148, fees 4.5, funding 0)',
    '  times       made 2026-11-21 03:00:00, opened 2026-11-21 03:00:00, ended 2026-11-21 03:01:00, held 59s (UTC)',
    '  agent       momentum, deployment 01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b02',
    '  trade       01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57',
    '  workflow    trade/a/b',
    '',
    '2026-11-21 (UTC)',
    '  02:59:59.000  message  ada: long BTC now',
    '  02:59:59.950  signal   long BTC, message, confidence 0.9, venue MULTI, made at 50000',
    '  03:00:00.010  routing  to hyperliquid; ostium refused (venue_unhealthy): It is down.; decided in 1.3 ms',
    '  03:00:00.021  order    entry buy 0.1 no worse than 50500, 0xaa',
    '  03:00:00.025  fill     buy 0.1 at 50000, fee 2.25 USD',
    '  03:00:00.030  order    entry filled 0.1 of 0.1',
    '  03:01:00.001  event    settled: Closed (trailing_stop)',
    '  03:01:00.002  bill     trade_fee 0.2 USD',
  ]);
});

test('a trade that was not taken says why first', () => {
  const lines = render({
    ...DETAILS,
    phase: 'skipped',
    venue: null,
    exitReason: null,
    refusal: { code: 'too_small', text: 'The size comes out too small.' },
  });
  expect(lines.slice(0, 2)).toEqual([
    'LONG BTC  skipped  4c8e0b57',
    '  why         not taken (too_small): The size comes out too small.',
  ]);
});

test('orders that left together stand as entry, stop, targets, each where it was placed, whatever moved it since', () => {
  const [entry] = DETAILS.orders;
  const resting = {
    ...entry!,
    clientOrderId: '0xbb',
    answeredAt: null,
    status: 'resting' as const,
  };
  const lines = render({
    ...DETAILS,
    orders: [
      {
        ...resting,
        leg: 'take_profit',
        legNumber: 1,
        triggerPrice: '52000',
        placedTriggerPrice: '52000',
      },
      { ...resting, leg: 'stop', size: '0.05', triggerPrice: '51480', placedTriggerPrice: '49000' },
      entry!,
    ],
    events: [
      { type: 'stop_moved', text: 'Stop moved from 49000 to 51480 for 0.1 (trailing_stop)', at: AT + 50 },
    ],
  }).filter((line) => line.includes('order'));
  expect(lines).toEqual([
    '  03:00:00.021  order    entry buy 0.1 no worse than 50500, 0xaa',
    '  03:00:00.021  order    stop buy 0.1 at 49000, 0xbb: resting',
    '  03:00:00.021  order    take profit 1 buy 0.1 at 52000, 0xbb: resting',
    '  03:00:00.030  order    entry filled 0.1 of 0.1',
  ]);
});

test('a pause of a trade that has ended is not told', () => {
  expect(render({ ...DETAILS, paused: true })[0]).toBe('LONG BTC on hyperliquid  closed  4c8e0b57');
  expect(render({ ...DETAILS, paused: true, phase: 'open' })[0]).toBe(
    'LONG BTC on hyperliquid  open (paused)  4c8e0b57',
  );
});

test('an order that rested is told as taken, and as filled only when its fill came', () => {
  const [entry] = DETAILS.orders;
  const [fill] = DETAILS.fills;
  const stop = {
    ...entry!,
    leg: 'stop' as const,
    clientOrderId: '0xcc',
    triggerPrice: '51480',
    firstStatus: 'waiting' as const,
  };
  const lines = render({
    ...DETAILS,
    orders: [stop],
    fills: [{ ...fill!, clientOrderId: '0xcc', side: 'sell', at: AT + 60_000 }],
  });
  expect(lines).toContain('  03:00:00.021  order    stop buy 0.1 (now at 51480), 0xcc');
  expect(lines).toContain('  03:00:00.030  order    stop waiting');
  expect(lines).toContain('  03:01:00.000  order    stop filled 0.1 of 0.1');
});

test('an open trade says its risk at the stop, its break-even, its trail and its time limit', () => {
  const lines = render({
    ...DETAILS,
    phase: 'open',
    remainingSize: '0.1',
    stopPrice: '49000',
    levels: {
      stop: '49000',
      targets: [{ leg: 1, price: '52000', fraction: 1 }],
      breakEven: { afterTakeProfit: 1, price: '50045' },
      trailing: [{ activatesAt: '51000', distancePct: 1 }],
      timeLimitMs: 3_600_000,
    },
  });
  expect(lines).toEqual(
    expect.arrayContaining([
      '  risk        loses 100.00 USD at the stop, 2.00 % from the entry',
      '  break-even  stop to 50045 after target 1',
      '  trail       1 % behind the best price from 51000',
      '  time limit  2026-11-21 04:00:00 (UTC)',
    ]),
  );
  const trailed = render({ ...DETAILS, phase: 'open', remainingSize: '0.1', stopPrice: '51480' });
  expect(trailed).toContain('  risk        keeps 148.00 USD at the stop, 2.96 % from the entry');
});
