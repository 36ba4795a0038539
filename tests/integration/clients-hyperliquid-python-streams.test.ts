import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startPythonClient } from '../support/hyperliquid-python.ts';
import type { PythonClient } from '../support/hyperliquid-python.ts';
import { PYTHON_TIMEOUT_MS } from '../support/python-venv.ts';

// What the scenarios in tests/clients/hyperliquid_streams.py start with, in USDC.
const USDC = { market: 10_000, account: 10_000, liquidation: 10_000 };

// Whichever test comes first may have to install the client.
vi.setConfig({ testTimeout: PYTHON_TIMEOUT_MS });

let python: PythonClient<keyof typeof USDC>;
beforeAll(async () => {
  python = await startPythonClient('hyperliquid_streams.py', USDC);
});
afterAll(() => python.stop());

it("hears the market's streams from the present on, until it has enough", async (context) => {
  const [first, second, third] = ['100000.0', '101000.0', '102000.0'];
  const hour = { s: 'BTC', i: '1h' };
  const trade = { coin: 'BTC', sz: '0.02' };
  expect(await python.play(context, 'market')).toEqual({
    mids: [first, second, third],
    books: [
      ['99995.0', '100005.0'],
      ['100994.0', '101006.0'],
      ['101994.0', '102006.0'],
    ],
    // Not heard any more when the third price came.
    bbo: [
      ['99995.0', '100005.0'],
      ['100994.0', '101006.0'],
    ],
    marks: [first, second, third].map((price) => ({ markPx: price, oraclePx: price })),
    candles: [first, second, third].map((c) => ({ ...hour, c })),
    trades: [[{ ...trade, side: 'A', px: '100994.0' }], [{ ...trade, side: 'B', px: '101006.0' }]],
    // Buyer first.
    parties: [1, 0],
  });
});

it("hears an account's orders, fills, funding and transfers, beginning with what there was", async (context) => {
  const order = (side: string, sz: string, origSz: string, status: string) => ({ side, sz, origSz, status });
  expect(await python.play(context, 'account')).toEqual({
    fills: [
      {
        isSnapshot: true,
        mine: true,
        fills: [{ dir: 'Open Long', px: '100005.0', sz: '0.01', closedPnl: '0.0' }],
      },
      {
        isSnapshot: false,
        mine: true,
        fills: [{ dir: 'Close Long', px: '99995.0', sz: '0.004', closedPnl: '-0.04' }],
      },
      {
        isSnapshot: false,
        mine: true,
        fills: [{ dir: 'Close Long', px: '100094.0', sz: '0.006', closedPnl: '0.534' }],
      },
    ],
    orders: [
      order('B', '0.001', '0.001', 'open'),
      order('B', '0.001', '0.001', 'canceled'),
      order('A', '0.0', '0.004', 'filled'),
      order('A', '0.0', '0.006', 'filled'),
    ],
    // An hour of 0.006 BTC at 100,000 USD and 0.00125 %.
    events: [['Close Long'], { coin: 'BTC', usdc: '-0.0075', szi: '0.006' }, ['Close Long']],
    fundings: [[], ['-0.0075']],
    ledger: [[{ type: 'deposit', usdc: '10000.0' }], [{ type: 'deposit', usdc: '5.0' }]],
  });
});

it('hears of its liquidation, and finds its orders cancelled by it', async (context) => {
  const liquidatedUser = python.addressOf('liquidation');
  expect(await python.play(context, 'liquidation')).toEqual({
    // Below two thirds of the maintenance margin the venue itself takes the position, at the price that leaves nothing.
    fill: {
      dir: 'Close Long',
      sz: '80.0',
      px: '2876.725177',
      liquidation: { liquidatedUser, markPx: '2900.0', method: 'backstop' },
    },
    same: true,
    event: {
      lid: expect.any(Number),
      liquidator: `0x${'0'.repeat(40)}`,
      liquidated_user: liquidatedUser,
      liquidated_ntl_pos: '232000.0',
      liquidated_account_value: '1861.985829',
    },
    ledger: {
      type: 'liquidation',
      liquidatedNtlPos: '232000.0',
      accountValue: '1861.985829',
      leverageType: 'Cross',
      liquidatedPositions: [{ coin: 'ETH', szi: '80.0' }],
    },
    order: 'liquidatedCanceled',
    left: ['0.0', []],
  });
});
