import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adjustBarriers } from '#activities/execution/adjust-barriers.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import type { Barriers } from '#domain/barriers.ts';
import { amount, decimalString } from '#domain/money.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { startOstiumTrades, type OstiumTrades } from '#tests/support/ostium-trades.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';

/** A venue at which a trade is open. */
interface OpenAt {
  execution: ExecutionDeps;
  /** Opens a long with these exits. */
  open(barriers: Barriers): Promise<TradeRecord>;
  /** Moves the market so many percent away from the price of the entries. */
  move(pct: number): Promise<void>;
}

const STOP = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 50, distancePct: 5 }] };

let hyperliquid: RoutingHarness;
let ostium: OstiumTrades;
beforeAll(async () => {
  [hyperliquid, ostium] = await Promise.all([startRoutingHarness(), startOstiumTrades()]);
});
afterAll(async () => {
  await Promise.all([hyperliquid?.stop(), ostium?.stop()]);
});

const VENUES: Record<string, () => OpenAt> = {
  hyperliquid: () => ({
    execution: hyperliquid.execution,
    async move(pct) {
      hyperliquid.sandboxes.hyperliquid.setPrice('BTC', 50_000 * (1 + pct / 100));
      await hyperliquid.refresh();
    },
    async open(barriers) {
      const deployment = await hyperliquid.deploy({ hyperliquid: '10000' });
      const entered = await hyperliquid.enter(await hyperliquid.signal(deployment, { barriers }));
      if (entered.outcome !== 'planned') throw new Error(entered.text);
      return getTrade(hyperliquid.db, entered.tradeId);
    },
  }),
  ostium: () => ({
    execution: ostium.execution,
    async move(pct) {
      ostium.ostium.sandbox.control.setPrice('EUR-USD', (1.1 * (1 + pct / 100)).toFixed(5), '0.0001');
    },
    open: async (barriers) => (await ostium.open(barriers)).trade,
  }),
};

/** The price so many percent above the entry. */
const above = ({ entryPrice }: TradeRecord, pct: number) =>
  decimalString(
    amount(entryPrice ?? '0')
      .mul(1 + pct / 100)
      .toSignificantDigits(5),
  );

/** The trigger price of the stop that rests. */
async function restingStop({ db }: ExecutionDeps, { id }: TradeRecord): Promise<number> {
  const stops = (await listOrders(db, id)).filter(
    ({ leg, status }) => leg === 'stop' && status === 'resting',
  );
  expect(stops).toHaveLength(1);
  return Number(stops[0]?.triggerPrice);
}

describe.each(Object.keys(VENUES))('at %s', (name) => {
  const at = () => VENUES[name]!();
  const adjust = (trade: TradeRecord, barriers: Barriers, mayLoosen?: boolean) =>
    adjustBarriers(at().execution, {
      tradeId: trade.id,
      barriers,
      by: 'ada',
      ...(mayLoosen !== undefined && { mayLoosen }),
    });

  test('a stop beyond the entry secures a profit once the market is past it, and stays there', async () => {
    const { open, move, execution } = at();
    await move(0);
    const trade = await open(STOP);
    const wanted = { stopLoss: { price: above(trade, 2) } };
    await expect(adjust(trade, wanted)).rejects.toThrow('would fire at once');
    await move(4);
    expect(await adjust(trade, wanted)).toMatchObject({ stop: 'fits', closedBy: null });
    expect(await restingStop(execution, trade)).toBeCloseTo(Number(above(trade, 2)), 3);
    // Other exits that name no stop leave it there.
    await adjust(trade, { takeProfits: [{ pct: 20, fraction: 1 }] });
    await reviewPosition(execution, { tradeId: trade.id });
    expect(await restingStop(execution, trade)).toBeCloseTo(Number(above(trade, 2)), 3);
    await expect(adjust(trade, { stopLoss: { price: above(trade, 4.5) } })).rejects.toThrow(
      'would fire at once',
    );
  });

  test('break-even now covers the fees, takes the offset of the trade, and never loosens', async () => {
    const { open, move, execution } = at();
    await move(0);
    const [plain, offset] = [
      await open(STOP),
      await open({ ...STOP, breakEven: { afterTakeProfit: 2, offsetPct: 0.5 } }),
    ];
    const now = { breakEven: { afterTakeProfit: 0 } };
    await move(-1);
    await expect(adjust(plain, now)).rejects.toThrow('would fire at once');
    await move(3);
    await adjust(plain, now);
    const covered = (await restingStop(execution, plain)) / Number(plain.entryPrice) - 1;
    // Two fees of 4.5 bps at Hyperliquid; at Ostium 3 bps and 0.10 USD of 1,000.
    expect(covered).toBeGreaterThan(name === 'hyperliquid' ? 0.0009 : 0.0004);
    expect(covered).toBeLessThan(0.002);
    expect(await getTrade(execution.db, plain.id)).toMatchObject({ stopKind: 'break_even' });
    await adjust(offset, now);
    expect((await restingStop(execution, offset)) / Number(offset.entryPrice)).toBeCloseTo(1.005, 4);
    // A tighter stop stays where it is, also where one that may not loosen it is named.
    await adjust(offset, { stopLoss: { price: above(offset, 1.5) } });
    await adjust(offset, now);
    await adjust(offset, { stopLoss: { price: above(offset, -1) } }, false);
    expect(await restingStop(execution, offset)).toBeCloseTo(Number(above(offset, 1.5)), 3);
    await adjust(offset, { stopLoss: { price: above(offset, -1) } });
    expect(await restingStop(execution, offset)).toBeCloseTo(Number(above(offset, -1)), 3);
  });
});
