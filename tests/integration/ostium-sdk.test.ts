import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOstiumSandbox } from '#sandbox/ostium/server.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { PYTHON_TIMEOUT_MS, pythonWith, runPythonClient } from '../support/python-venv.ts';

let sandbox: OstiumSandbox;
beforeAll(async () => {
  sandbox = await startOstiumSandbox({ keeper: { delayMs: 20 } });
  sandbox.control.setPrice('BTC-USD', '100000', '20');
  sandbox.control.setPrice('EUR-USD', '1.16', '0.0002');
});
afterAll(() => sandbox.stop());

// 100 USDC at 10x: 5 bps of 1,000 USDC and 0.10 USDC for the oracle leave 99.40 of collateral. Bought at the ask,
// 100,010; sold at the bid, 100,990: 0.979902 % at 10x. Of each half of 49.70 the rollover of a few blocks is taken
// (some millionths), and of the part that leaves a rest the oracle's fee.
const ORDER = {
  isCancelled: false,
  price: 100_010,
  collateral: 99.4,
  oracleFee: 0.1,
  devFee: 0.25,
  vaultFee: 0.25,
};
const HALF_USDC = 49.7 * (1 + (10 * (100_990 - 100_010)) / 100_010);

it(
  "trades with the venue's own client: open, track, barriers, close in part and whole, limit order, delegate, time-out, collateral",
  async (context) => {
    const python = await pythonWith(context, 'ostium-python-sdk==3.3.1');
    const { rpcUrl, graphUrl, priceUrl, controlUrl, contracts, traders } = sandbox;
    const venue = { rpcUrl, graphUrl, priceUrl, controlUrl, contracts, traders };
    const seen = await runPythonClient(python, 'ostium_trade.py', venue);

    expect(seen).toEqual({
      pairs: expect.arrayContaining(['BTC-USD', 'ETH-USD', 'EUR-USD', 'GBP-USD', 'USD-JPY', 'XAU-USD']),
      maxLeverage: 200,
      own: {
        before: '100000',
        price: [100_000, true, false],
        order: ORDER,
        trade: {
          isOpen: true,
          openPrice: 100_010,
          collateral: 99.4,
          leverage: 10,
          takeProfitPrice: 110_000,
          stopLossPrice: 95_000,
        },
        // 25 % of the margin is left where leverage is the greatest, a tenth of that at a tenth of it.
        metrics: {
          pnl: expect.closeTo((-99.4 * 10 * 20) / 100_010, 6),
          funding: 0,
          liquidation_price: expect.closeTo(100_010 * (1 - 0.975 / 10), 1),
          is_market_open: true,
        },
        barriers: [`${112_000n * 10n ** 18n}`, `${96_000n * 10n ** 18n}`],
        partial: {
          isCancelled: false,
          price: 100_990,
          amountSentToTrader: expect.closeTo(HALF_USDC - 0.1, 4),
          closePercent: 50,
          oracleFee: 0.1,
        },
        left: '49700000',
        closed: {
          isCancelled: false,
          price: 100_990,
          amountSentToTrader: expect.closeTo(HALF_USDC, 4),
          closePercent: 100,
          oracleFee: 0,
        },
        closedTrade: { isOpen: false, closePrice: 100_990 },
        open: [],
        after: expect.stringMatching(/^100009\.040\d+$/),
      },
      refused: {
        order: { isCancelled: true, cancelReason: '3' },
        trade: null,
        before: expect.stringMatching(/^100009\.040\d+$/),
        after: expect.stringMatching(/^100008\.940\d+$/),
        reverted: [0, null],
      },
      limit: {
        placed: { limitType: 'Limit', openPrice: `${12n * 10n ** 17n}`, isBuy: false },
        moved: `${125n * 10n ** 16n}`,
        // Sold at the bid; the stop buys back at the ask.
        trade: { openPrice: `${12_504n * 10n ** 14n}`, isBuy: false, collateral: '49600000' },
        stopped: {
          orderType: 'StopLoss',
          orderAction: 'Close',
          price: `${12_621n * 10n ** 14n}`,
          isCancelled: false,
        },
      },
      delegate: {
        trade: { isBuy: false, openPrice: 100_990, collateral: 199.4 },
        // The client scales a price as a float.
        barriers: [
          expect.stringMatching(/^979999999999999\d{8}$/),
          expect.stringMatching(/^1029999999999999\d{8}$/),
        ],
        closed: {
          isCancelled: false,
          price: 101_010,
          amountSentToTrader: expect.closeTo(199.4 * (1 - (5 * 20) / 100_990), 4),
        },
        before: [expect.any(String), '100000'],
        after: [expect.any(String), '100000'],
        stranger: 0,
      },
      more: {
        faucet: 1,
        statuses: [1, 1, 1],
        // Of 100 USDC the opening took 0.30 and the oracle 0.10.
        topped: { collateral: '199200000', leverage: '500' },
        removed: { collateral: '49800000', leverage: '2000', highestLeverage: '2000' },
        stops: ['Stop'],
        left: [],
        // Percent a day, at ten blocks in three seconds.
        rollover: 0.00864,
        funding: 0,
        // 10,000 from the faucet; in the trade 49.80 and 0.40 of fees; 0.10 for what came out, 0.10 for the cancelled order.
        balance: '109949.6',
      },
      timedOut: { isMarketOpen: false, early: 0, late: 1, refunded: true },
    });
  },
  PYTHON_TIMEOUT_MS,
);
