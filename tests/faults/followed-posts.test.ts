import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { followInstruction } from '#activities/execution/follow-instruction.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import type { Barriers } from '#domain/barriers.ts';
import { amount, decimalString, sum } from '#domain/money.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { createInstructions, type InstructionDraft } from '#prisma/repositories/trade-instructions.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { byHand } from '#tests/support/by-hand.ts';
import { startOstiumTrades, type OstiumTrades } from '#tests/support/ostium-trades.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';
import { until } from '#tests/support/trading-system.ts';

/** A venue at which a trade is open. */
interface OpenAt {
  execution: ExecutionDeps;
  dieAt: Set<string>;
  open(barriers: Barriers): Promise<TradeRecord>;
  /** Moves the market so many percent away from the price of the entries. */
  move(pct: number): Promise<void>;
}

const LADDER: Barriers = {
  stopLoss: { pct: 5 },
  takeProfits: [
    { pct: 10, fraction: 0.4 },
    { pct: 20, fraction: 0.6 },
  ],
};

let hyperliquid: RoutingHarness;
let ostium: OstiumTrades;
beforeAll(async () => {
  [hyperliquid, ostium] = await Promise.all([startRoutingHarness(), startOstiumTrades()]);
});
afterEach(() => {
  hyperliquid?.dieAt.clear();
  ostium?.dieAt.clear();
});
afterAll(async () => {
  await Promise.all([hyperliquid?.stop(), ostium?.stop()]);
});

const VENUES: Record<string, () => OpenAt> = {
  hyperliquid: () => ({
    execution: hyperliquid.execution,
    dieAt: hyperliquid.dieAt,
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
    dieAt: ostium.dieAt,
    async move(pct) {
      ostium.ostium.sandbox.control.setPrice('EUR-USD', (1.1 * (1 + pct / 100)).toFixed(5), '0.0001');
    },
    open: async (barriers) => (await ostium.open(barriers)).trade,
  }),
};

/** Writes down what a post says about a trade; returns the id of the instruction. */
async function instruct(
  { db }: ExecutionDeps,
  trade: TradeRecord,
  draft: Omit<InstructionDraft, 'tradeId' | 'messageId'>,
): Promise<string> {
  const { id: sourceAccountId } = await ensureSourceAccount(db, { kind: 'file', handle: 'posts.jsonl' });
  const { id: messageId } = await db.sourceMessage.create({
    data: { sourceAccountId, externalId: randomUUID(), author: '@ada', text: 'post', postedAt: new Date() },
  });
  const [ref] = await createInstructions(db, [{ ...draft, tradeId: trade.id, messageId }]);
  if (!ref) throw new Error('no instruction');
  return ref.instructionId;
}

/** The size of a position that its owner and we hold together. */
async function heldOf({ venues }: ExecutionDeps, { venue, accountId, symbol }: TradeRecord): Promise<number> {
  const { positions } = await venues.get(venue ?? 'hyperliquid')!.accounts.account(accountId);
  return Number(positions.find((each) => each.symbol === symbol)?.size ?? 0);
}

const STEPS = [
  'reduce.after_targets',
  'take_profit.before_send',
  'take_profit.after_send',
  'take_profit.after_store',
  'follow.before_end',
];

describe.each(Object.keys(VENUES))('at %s', (name) => {
  const at = () => VENUES[name]!();

  test('a part is closed once, whoever dies, and stop and targets fit what is left', async () => {
    const { execution, dieAt, open, move } = at();
    await move(0);
    const trade = await open(LADDER);
    const tradeId = trade.id;
    await reviewPosition(execution, { tradeId });
    const instructionId = await instruct(execution, trade, { action: 'reduce', fraction: 0.5 });
    const follow = () => followInstruction(execution, { tradeId, instructionId });
    for (const step of STEPS) {
      dieAt.add(step);
      // A step that was passed in an earlier attempt is not come to again.
      const ended = await follow().then(() => 'died at no step', String);
      expect(ended).toContain('died at');
      dieAt.delete(step);
    }
    const left = await until('the part to be closed', async () => {
      const { remainingSize } = await follow();
      return Number(remainingSize) < Number(trade.entrySize) ? remainingSize : undefined;
    });
    for (let turn = 0; turn < 2; turn += 1) await follow();
    expect(
      amount(left)
        .div(trade.entrySize ?? '1')
        .toNumber(),
    ).toBeCloseTo(0.5, 2);
    expect(await heldOf(execution, trade)).toBeCloseTo(Number(left), 4);
    const orders = await listOrders(execution.db, tradeId);
    const stops = orders.filter(({ leg, status }) => leg === 'stop' && status === 'resting');
    expect(stops).toHaveLength(1);
    const rest = orders.filter(({ leg, status }) => leg === 'take_profit' && status === 'resting');
    expect(sum(rest.map(({ size }) => size)).lte(amount(left).mul('1.000001'))).toBe(true);
    const events = await execution.db.tradeEvent.findMany({ where: { tradeId, type: 'post_followed' } });
    expect(events.map(({ text }) => text)).toEqual([expect.stringMatching(/^A post of @ada closed 50 %/)]);
  });

  test('the stop goes where a post says, to break-even too, and never away from the price', async () => {
    const { execution, open, move } = at();
    await move(0);
    const trade = await open({ stopLoss: { pct: 5 } });
    const tradeId = trade.id;
    const priceAt = (pct: number) =>
      decimalString(
        amount(trade.entryPrice ?? '0')
          .mul(1 + pct / 100)
          .toSignificantDigits(5),
      );
    const follow = async (stopPrice: string | null) => {
      const instructionId = await instruct(execution, trade, { action: 'move_stop', stopPrice });
      for (let turn = 0; turn < 2; turn += 1) await followInstruction(execution, { tradeId, instructionId });
      return Number((await getTrade(execution.db, tradeId)).stopPrice) / Number(trade.entryPrice) - 1;
    };
    expect(await follow(priceAt(-2))).toBeCloseTo(-0.02, 3);
    expect(await follow(priceAt(-4))).toBeCloseTo(-0.02, 3);
    // The market is not past break-even: the stop stays.
    expect(await follow(null)).toBeCloseTo(-0.02, 3);
    await move(3);
    expect(await follow(null)).toBeGreaterThan(0.0003);
    expect(await follow(priceAt(2))).toBeCloseTo(0.02, 3);
    expect(await follow(null)).toBeCloseTo(0.02, 3);
    const told = await execution.db.tradeEvent.findMany({ where: { tradeId }, orderBy: { id: 'asc' } });
    expect(told.filter(({ type }) => type.startsWith('post_')).map(({ type }) => type)).toEqual([
      'post_followed',
      'post_ignored',
      'post_ignored',
      'post_followed',
      'post_followed',
      'post_followed',
    ]);
  });
});

test('a part that is closed beside the owner takes nothing of his', async () => {
  const { execution, open, move } = VENUES['hyperliquid']!();
  await move(0);
  const trade = await open({ stopLoss: { pct: 5 }, takeProfits: [{ pct: 4, fraction: 1 }] });
  const { deploymentId, accountId: walletAddress } = trade;
  const deployment = { agentId: '', deploymentId, walletAddress };
  const hand = await byHand({ db: hyperliquid.db, sandbox: hyperliquid.sandboxes.hyperliquid }, deployment);
  await hand.buy('BTC', '0.05', 50_500);
  const instructionId = await instruct(execution, trade, { action: 'reduce', fraction: 0.25 });
  await until('the part to be closed', async () => {
    const followed = await followInstruction(execution, { tradeId: trade.id, instructionId }).catch(
      () => null,
    );
    return followed !== null && Number(followed.remainingSize) < Number(trade.entrySize);
  });
  expect(await heldOf(execution, trade)).toBeCloseTo(0.05 + Number(trade.entrySize) * 0.75, 5);
  // The target that rested for the whole of ours takes what is left of ours.
  await move(5);
  expect(await reviewPosition(execution, { tradeId: trade.id })).toMatchObject({ remainingSize: '0' });
  expect(await heldOf(execution, trade)).toBeCloseTo(0.05, 6);
});

test('a trade that a person has paused is left alone', async () => {
  const { execution, open, move } = VENUES['hyperliquid']!();
  await move(0);
  const trade = await open({ stopLoss: { pct: 5 } });
  await execution.db.trade.update({ where: { id: trade.id }, data: { pausedAt: new Date() } });
  const instructionId = await instruct(execution, trade, { action: 'reduce', fraction: 0.5 });
  expect(await followInstruction(execution, { tradeId: trade.id, instructionId })).toMatchObject({
    remainingSize: trade.entrySize,
  });
});
