import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Amount } from '../wire/amounts.ts';
import { BTC, ETH, TRADER, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';
import type { AccountTotals } from '../control/state.ts';

type Step =
  | {
      kind: 'order';
      asset: number;
      b: boolean;
      lots: number;
      r: boolean;
      tif: 'Gtc' | 'Ioc';
      offsetPct: number;
    }
  | { kind: 'bracket'; b: boolean; lots: number; stopPct: number; targetPct: number; share: number }
  | { kind: 'stop'; b: boolean; lots: number; stopPct: number }
  | { kind: 'move'; asset: number; pct: number }
  | { kind: 'leverage'; asset: number; isCross: boolean; leverage: number }
  | { kind: 'funding' };

const asset = fc.constantFrom(BTC, ETH);
const lots = fc.integer({ min: 1, max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('order' as const),
    asset,
    b: fc.boolean(),
    lots,
    r: fc.boolean(),
    tif: fc.constantFrom('Gtc' as const, 'Ioc' as const),
    offsetPct: fc.integer({ min: -5, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('bracket' as const),
    b: fc.boolean(),
    lots,
    stopPct: fc.integer({ min: 1, max: 6 }),
    targetPct: fc.integer({ min: 1, max: 6 }),
    share: fc.constantFrom(0.5, 1),
  }),
  fc.record({
    kind: fc.constant('stop' as const),
    b: fc.boolean(),
    lots,
    stopPct: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ kind: fc.constant('move' as const), asset, pct: fc.integer({ min: -8, max: 8 }) }),
  fc.record({
    kind: fc.constant('leverage' as const),
    asset,
    isCross: fc.boolean(),
    leverage: fc.integer({ min: 1, max: 25 }),
  }),
  fc.record({ kind: fc.constant('funding' as const) }),
);

const COINS = ['BTC', 'ETH'];
const LOT = [0.001, 0.03];

it('whatever is traded, the books balance to the micro-dollar and nothing outlives its position', async () => {
  expect.hasAssertions();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const trader = await openTrader({ books: {} });
      try {
        for (const each of steps) {
          const before = await sizes(trader);
          await play(trader, each);
          await checkBooks(trader);
          await checkReduceOnly(trader);
          if (each.kind === 'order' && each.r) checkNoGrowth(before, await sizes(trader));
        }
      } finally {
        await trader.close();
      }
    }),
    { numRuns: 40 },
  );
});

const size = (of: number, count: number): string => (count * LOT[of]!).toFixed(of === BTC ? 5 : 4);

async function play(trader: SandboxTrader, each: Step): Promise<void> {
  const mark = (of: number): number => Number(trader.sandbox.state().marks[COINS[of]!]);
  const px = (of: number, pct: number): string => {
    const raw = mark(of) * (1 + pct / 100);
    return of === BTC ? String(Math.round(raw / 10) * 10) : raw.toFixed(1);
  };
  switch (each.kind) {
    case 'order':
      await statusesOf(trader, [
        limit({
          a: each.asset,
          b: each.b,
          p: px(each.asset, each.offsetPct),
          s: size(each.asset, each.lots),
          r: each.r,
          tif: each.tif,
        }),
      ]);
      return;
    case 'bracket': {
      const away = each.b ? 1 : -1;
      const s = size(BTC, each.lots);
      const exit = { b: !each.b, s };
      const orders = [
        limit({ b: each.b, p: px(BTC, 5 * away), s }),
        trigger('sl', { ...exit, p: px(BTC, -each.stopPct * away) }),
        trigger('tp', {
          ...exit,
          s: size(BTC, Math.ceil(each.lots * each.share)),
          p: px(BTC, each.targetPct * away),
        }),
      ];
      await statusesOf(trader, orders, 'normalTpsl');
      return;
    }
    case 'stop':
      await statusesOf(trader, [
        trigger('sl', {
          b: each.b,
          s: size(BTC, each.lots),
          p: px(BTC, each.b ? each.stopPct : -each.stopPct),
        }),
      ]);
      return;
    case 'move':
      trader.sandbox.setPrice(COINS[each.asset]!, px(each.asset, each.pct));
      return;
    case 'leverage':
      // Refused while a position of the other mode is open; that is part of the game.
      await trader.exchange.updateLeverage(each).catch(() => undefined);
      return;
    case 'funding':
      trader.sandbox.control({ type: 'payFunding' });
  }
}

async function sizes({ info }: SandboxTrader): Promise<Record<string, number>> {
  const { assetPositions } = await info.clearinghouseState({ user: TRADER });
  return Object.fromEntries(assetPositions.map(({ position }) => [position.coin, Number(position.szi)]));
}

function checkNoGrowth(before: Record<string, number>, after: Record<string, number>): void {
  for (const [coin, szi] of Object.entries(after)) {
    expect(Math.abs(szi)).toBeLessThanOrEqual(Math.abs(before[coin] ?? 0));
    expect(Math.sign(szi)).toBe(Math.sign(before[coin] ?? 0));
  }
}

async function checkBooks({ sandbox, info }: SandboxTrader): Promise<void> {
  const totals = sandbox.state().accounts.find(({ address }) => address === TRADER)!;
  expect(totals.accountValue).toBe(booked(totals));
  const fills = await info.userFills({ user: TRADER });
  expect(sum(fills.map((fill) => fill.closedPnl))).toBe(totals.closedPnl);
  expect(sum(fills.map((fill) => fill.fee))).toBe(totals.fees);
  const state = await info.clearinghouseState({ user: TRADER });
  expect(state.marginSummary.accountValue).toBe(totals.accountValue);
}

function booked({ deposited, closedPnl, fees, funding, unrealisedPnl }: AccountTotals): string {
  return wire(new Amount(deposited).add(closedPnl).sub(fees).add(funding).add(unrealisedPnl));
}

function sum(amounts: readonly string[]): string {
  return wire(amounts.reduce((total, amount) => total.add(amount), new Amount(0)));
}

function wire(amount: Amount): string {
  return amount.isInteger() ? amount.toFixed(1) : amount.toFixed();
}

/** Every open reduce-only order has a position to reduce and is no larger than it. */
async function checkReduceOnly(trader: SandboxTrader): Promise<void> {
  const held = await sizes(trader);
  for (const order of await trader.info.frontendOpenOrders({ user: TRADER })) {
    if (!order.reduceOnly) continue;
    const szi = held[order.coin] ?? 0;
    expect(order.side).toBe(szi > 0 ? 'A' : 'B');
    expect(Number(order.sz)).toBeLessThanOrEqual(Math.abs(szi));
  }
}
