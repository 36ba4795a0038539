import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TradeDetails } from '#prisma/repositories/trade-details.ts';
import {
  hasEvent,
  accountOf,
  startTradingSystem,
  until,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import {
  adjustBarriersUpdate,
  forceCloseSignal,
  pauseSignal,
  resumeSignal,
  tradeQuery,
} from '#workflows/messages.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
  await system.startWorker();
});
afterAll(() => system?.stop());

const handleOf = (trade: { workflowId: string }) => system.temporal.workflow.getHandle(trade.workflowId);

/** The venue's own balance after the trade is the deposit plus what our books say. */
function expectBooksToMatch(walletAddress: string, ...trades: TradeDetails[]): void {
  const account = accountOf(system.sandbox.state(), walletAddress);
  const net = trades.reduce((total, trade) => total + Number(trade.netPnlUsd), 0);
  expect(Number(account.accountValue) - 10_000).toBeCloseTo(net, 6);
  expect(account.openOrders).toBe(0);
}

describe('exits', () => {
  test('a stop closes a long, the venue fires it', async () => {
    system.sandbox.setPrice('BTC', 50_000);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { barriers: { stopLoss: { pct: 2 } } });
    const open = await trade.reaches('open');
    expect(Number(open.stopPrice)).toBeCloseTo(49_000, -1);
    system.sandbox.setPrice('BTC', 48_900);
    const closed = await trade.reaches('closed');
    expect(closed).toMatchObject({ exitReason: 'stop_loss', unprotectedMs: 0 });
    expect(closed.bills.map(({ kind }) => kind)).toEqual(['trade_fee']);
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a take profit closes a short, and its profit is shared', async () => {
    system.sandbox.setPrice('ETH', 3_000);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, {
      symbol: 'ETH',
      side: 'short',
      barriers: { stopLoss: { pct: 5 }, takeProfits: [{ pct: 2, fraction: 1 }] },
    });
    await trade.reaches('open');
    system.sandbox.setPrice('ETH', 2_930);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('take_profit');
    expect(closed.bills.map(({ kind }) => kind).sort()).toEqual(['profit_share', 'trade_fee']);
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('funding paid while the trade was open is in its books, and that of other times is not', async () => {
    system.sandbox.setPrice('ADA', 1);
    system.sandbox.control({ type: 'setFundingRate', coin: 'ADA', rate: '0.0005' });
    system.sandbox.control({ type: 'payFunding' });
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'ADA', barriers: { stopLoss: { pct: 2 } } });
    const open = await trade.reaches('open');
    system.sandbox.control({ type: 'payFunding' });
    system.sandbox.control({ type: 'payFunding' });
    system.sandbox.setPrice('ADA', 0.97);
    const closed = await trade.reaches('closed');
    system.sandbox.control({ type: 'payFunding' });
    expect(Number(closed.fundingUsd)).toBeCloseTo(-2 * 0.0005 * Number(open.entrySize), 6);
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('the trail follows the peak, moves the resident stop and closes on the way back', async () => {
    system.sandbox.setPrice('SOL', 100);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, {
      symbol: 'SOL',
      barriers: { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] },
    });
    await trade.reaches('open');
    await trade.untilArmed();
    system.sandbox.setPrice('SOL', 104);
    const moved = await until('the stop to move', async () => {
      const details = await trade.details();
      return Number(details?.stopPrice) > 102 ? details : null;
    });
    expect(Number(moved.stopPrice)).toBeCloseTo(102.96, 1);
    system.sandbox.setPrice('SOL', 104.4);
    system.sandbox.setPrice('SOL', 103.2);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('trailing_stop');
    expect(Number(closed.exitPrice)).toBeGreaterThan(102.9);
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a ladder fills rung by rung, and the first one moves the stop to break-even', async () => {
    system.sandbox.setPrice('AVAX', 40);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, {
      symbol: 'AVAX',
      barriers: {
        stopLoss: { pct: 5 },
        takeProfits: [
          { pct: 2, fraction: 0.5 },
          { pct: 4, fraction: 0.3 },
        ],
        breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
      },
    });
    const open = await trade.reaches('open');
    system.sandbox.setPrice('AVAX', 40.9);
    const moved = await until('break-even', async () => {
      const details = await trade.details();
      return Number(details?.stopPrice) > 40 ? details : null;
    });
    expect(Number(moved.remainingSize)).toBeCloseTo(Number(open.entrySize) / 2, 1);
    system.sandbox.setPrice('AVAX', 39.9);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('break_even');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a time limit ends a trade that goes nowhere', async () => {
    system.sandbox.setPrice('LINK', 20);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, {
      symbol: 'LINK',
      barriers: { stopLoss: { pct: 5 }, timeLimitMs: 1_500 },
    });
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('time_limit');
    expectBooksToMatch(deployment.walletAddress, closed);
  });
});

describe('a person steers', () => {
  test('the API closes a trade', async () => {
    system.sandbox.setPrice('DOGE', 0.2);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'DOGE', barriers: { stopLoss: { pct: 5 } } });
    const { id } = await trade.reaches('open');
    expect((await system.call('POST', `/trades/${id}/close`, {})).status).toBeLessThan(300);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('force_close');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a paused trade keeps its resident stop and no other exit acts until it is resumed', async () => {
    system.sandbox.setPrice('XRP', 2);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, {
      symbol: 'XRP',
      barriers: { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] },
    });
    await trade.reaches('open');
    await handleOf(trade).signal(pauseSignal);
    await until('the pause', hasEvent(trade, 'paused'));
    system.sandbox.setPrice('XRP', 2.1);
    system.sandbox.setPrice('XRP', 2.0);
    expect((await handleOf(trade).query(tradeQuery)).phase).toBe('open');
    await handleOf(trade).signal(resumeSignal);
    await until('the resumption', hasEvent(trade, 'resumed'));
    system.sandbox.setPrice('XRP', 1.99);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('trailing_stop');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('exits are replaced by an update, and nonsense is refused with its reason', async () => {
    system.sandbox.setPrice('SUI', 4);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'SUI', barriers: { stopLoss: { pct: 5 } } });
    await trade.reaches('open');
    const handle = handleOf(trade);
    const wrong = { barriers: { stopLoss: { price: '4.5' } }, by: 'tester' };
    await expect(handle.executeUpdate(adjustBarriersUpdate, { args: [wrong] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('would fire at once') },
    });
    const wider = {
      barriers: { stopLoss: { pct: 8 }, takeProfits: [{ pct: 3, fraction: 1 }] },
      by: 'tester',
    };
    const adjusted = await handle.executeUpdate(adjustBarriersUpdate, { args: [wider] });
    expect(Number(adjusted.stopPrice)).toBeCloseTo(3.68, 1);
    system.sandbox.setPrice('SUI', 4.15);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('take_profit');
    const audits = await system.db.auditLog.findMany({ where: { subject: `trade/${closed.id}` } });
    expect(audits.map(({ action }) => action)).toContain('trade.adjust_barriers');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('cancelling the workflow closes the position instead of leaving it alone', async () => {
    system.sandbox.setPrice('NEAR', 3);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'NEAR', barriers: { stopLoss: { pct: 5 } } });
    await trade.reaches('open');
    await handleOf(trade).cancel();
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('force_close');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a close that is signalled through Temporal ends the trade, which is then billed', async () => {
    system.sandbox.setPrice('ARB', 1);
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'ARB', barriers: { stopLoss: { pct: 5 } } });
    await trade.reaches('open');
    await handleOf(trade).signal(forceCloseSignal, { by: 'tester' });
    const ended = await handleOf(trade).result();
    expect(ended).toMatchObject({ phase: 'closed', exitReason: 'force_close', billed: true });
  });
});

describe('entries', () => {
  test('one that fills in part gets its own stop and targets at once', async () => {
    system.sandbox.setPrice('BNB', 600);
    const deployment = await system.deploy();
    system.sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.4 } });
    const trade = await system.signal(deployment, {
      symbol: 'BNB',
      barriers: { stopLoss: { pct: 3 }, takeProfits: [{ pct: 2, fraction: 1 }] },
    });
    const open = await trade.reaches('open');
    await trade.untilArmed();
    const details = await until('stop and target', async () => {
      const now = await trade.details();
      const resting = now?.orders.filter(({ status }) => status === 'resting');
      return resting?.length === 2 ? now : null;
    });
    expect(details.stopPrice).not.toBeNull();
    expect(details.orders.filter(({ status }) => status === 'resting').map(({ size }) => size)).toEqual([
      open.entrySize,
      open.entrySize,
    ]);
    system.sandbox.setPrice('BNB', 615);
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('take_profit');
    expectBooksToMatch(deployment.walletAddress, closed);
  });

  test('a second trade in the same instrument and account is refused, with its reason', async () => {
    system.sandbox.setPrice('HYPE', 40);
    const deployment = await system.deploy();
    const first = await system.signal(deployment, { symbol: 'HYPE', barriers: { stopLoss: { pct: 5 } } });
    await first.reaches('open');
    const second = await system.signal(deployment, {
      symbol: 'HYPE',
      side: 'short',
      barriers: { stopLoss: { pct: 5 } },
    });
    expect((await second.reaches('skipped')).refusal).toMatchObject({ code: 'instrument_busy' });
  });

  test('signals that come at once take no more places than the deployment has', async () => {
    const symbols = ['BTC', 'ETH', 'SOL', 'AVAX', 'LINK', 'XRP'];
    const prices = [50_000, 3_000, 150, 40, 20, 2];
    for (const [index, symbol] of symbols.entries()) system.sandbox.setPrice(symbol, prices[index] ?? 0);
    const deployment = await system.deploy({ maxOpenPositions: 2 });
    const trades = await Promise.all(
      symbols.map((symbol) => system.signal(deployment, { symbol, barriers: { stopLoss: { pct: 5 } } })),
    );
    const ends = await Promise.all(trades.map((trade) => trade.reaches('open', 'skipped')));
    expect(ends.filter(({ phase }) => phase === 'open')).toHaveLength(2);
    const refused = ends.filter(({ phase }) => phase === 'skipped');
    expect(refused.map(({ refusal }) => refusal?.code)).toEqual(Array(4).fill('limit_reached'));
  });
});
