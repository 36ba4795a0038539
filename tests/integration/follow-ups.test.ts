import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;
let worker: RoleProcess;
beforeAll(async () => {
  system = await startTradingSystem();
  for (const [symbol, price] of Object.entries(PRICES)) system.sandbox.setPrice(symbol, price);
  mkdirSync(join(system.stateDir, 'sources'), { recursive: true });
  worker = await system.startWorker();
  await until('the instruments', () => system.db.instrument.findFirst({ where: { symbol: 'SOL' } }));
});
afterAll(() => system?.stop());

const PRICES = { BTC: 50_000, ETH: 3_000, SOL: 150 };
let posts = 0;

/** Posts in the channel of a test, by one of its authors. */
function post(channel: string, text: string, author = '@ada'): void {
  posts += 1;
  const line = { id: `post-${posts}`, author, text, postedAt: new Date().toISOString() };
  appendFileSync(join(system.stateDir, 'sources', `${channel}.jsonl`), `${JSON.stringify(line)}\n`);
}

/** An agent that listens to a channel, with one deployment. */
async function listen(channel: string, reactions: object): Promise<TestDeployment> {
  appendFileSync(join(system.stateDir, 'sources', `${channel}.jsonl`), '');
  const agent = await system.call('POST', '/agents', {
    name: `${channel}-${(posts += 1)}`,
    barriers: { stopLoss: { pct: 5 }, breakEven: null, trailing: null, timeLimitMs: null },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    maxDriftPct: 50,
    sources: [{ kind: 'file', handle: `${channel}.jsonl`, weight: 100 }],
  });
  expect(agent.status, agent.text).toBe(201);
  const changed = await system.call('POST', `/agents/${agent.body.id}/reactions`, reactions);
  expect(changed).toMatchObject({ status: 200, body: reactions });
  const deployment = await system.call('POST', `/agents/${agent.body.id}/deployments`, {
    venue: 'hyperliquid',
    maxNotionalUsd: '5000',
    fundUsdc: '10000',
  });
  expect(deployment.status, deployment.text).toBe(201);
  const { id: deploymentId, walletAddress } = deployment.body;
  return { agentId: agent.body.id, deploymentId, walletAddress };
}

/** The trade of the newest signal of a deployment's agent for this side. */
async function tradeOf(
  { agentId, ...deployment }: TestDeployment,
  side: 'long' | 'short',
): Promise<TestTrade> {
  const signal = await until(`a ${side} signal`, () =>
    system.db.signal.findFirst({ where: { agentId, side }, orderBy: { createdAt: 'desc' } }),
  );
  return system.tradeOf(signal.id, { agentId, ...deployment });
}

const skipped = (code: string, messageLike: string) =>
  until(`the skip ${code}`, () =>
    system.db.skippedSignal.findFirst({ where: { code, message: { text: { contains: messageLike } } } }),
  );

describe('a post about an open trade of its author', () => {
  test('reduces it, moves its stop and closes it where the agent follows, and is a reason where it does not', async () => {
    const [following, deaf] = [
      await listen('calls', { followUps: 'follow' }),
      await listen('calls', { followUps: 'ignore' }),
    ];
    post('calls', 'LONG ETH 3000 SL 2850 TP 3600');
    const [trade, left] = [await tradeOf(following, 'long'), await tradeOf(deaf, 'long')];
    await Promise.all([trade.untilArmed(), left.untilArmed()]);
    const opened = await trade.reaches('open');
    system.sandbox.setPrice('ETH', 3_100);
    post('calls', 'close ETH long now', '@eve');
    await skipped('no_idea', 'close ETH long now');
    post('calls', 'ETH TP1 hit! Close half and move SL to entry.');
    const reduced = await until('half of it', async () => {
      const now = await trade.reaches('open');
      const isMoved = Number(now.stopPrice) > Number(now.entryPrice);
      return isMoved && Number(now.remainingSize) < Number(opened.entrySize) && now;
    });
    expect(Number(reduced.remainingSize)).toBeCloseTo(Number(opened.entrySize) / 2, 3);
    await skipped('follow_up_ignored', 'Close half');
    post('calls', 'ETH long: close now');
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('exit_signal');
    const open = { tradeId: closed.id, endedAt: null };
    expect(await system.db.tradeInstruction.count({ where: open })).toBe(0);
    expect(closed.events.find(({ type }) => type === 'exit_started')?.text).toContain('by a post of @ada');
    await expectClean(system, following);
    expect((await left.reaches('open')).remainingSize).toBe((await left.reaches('open')).entrySize);
    await system.call('POST', `/trades/${(await left.reaches('open')).id}/close`, {});
    await left.reaches('closed');
  });

  test('is a close of the call where its trade is not there yet', async () => {
    const deployment = await listen('quick', { followUps: 'follow' });
    post('quick', 'LONG SOL 150 SL 140');
    post('quick', 'SOL long: close now');
    const trade = await tradeOf(deployment, 'long');
    expect(['closed', 'skipped']).toContain((await trade.reaches('closed', 'skipped')).phase);
    await expectClean(system, deployment);
  });
});

describe('a call that waits for a price', () => {
  test('is held, and becomes one trade once the price is there', async () => {
    const deployment = await listen('waits', { conditionalCalls: 'hold' });
    const other = await listen('waits', { conditionalCalls: 'skip' });
    post('waits', 'SOL long if it breaks 160, SL 150');
    await skipped('conditional_call', 'breaks 160');
    const { body } = await system.call('GET', '/held-calls');
    expect(body.items).toMatchObject([
      { agentId: deployment.agentId, symbol: 'SOL', until: { kind: 'price', from: 'above', price: '160' } },
    ]);
    expect(await system.db.signal.count({ where: { agentId: deployment.agentId } })).toBe(0);
    system.sandbox.setPrice('SOL', 160.5);
    const trade = await tradeOf(deployment, 'long');
    await trade.untilArmed();
    const open = await trade.reaches('open');
    expect(Number(open.stopPrice)).toBeCloseTo(150, 0);
    expect(
      await system.db.signal.count({ where: { agentId: { in: [deployment.agentId, other.agentId] } } }),
    ).toBe(1);
    await system.call('POST', `/trades/${open.id}/close`, {});
    await trade.reaches('closed');
    await expectClean(system, deployment);
    system.sandbox.setPrice('SOL', PRICES.SOL);
  });

  test('is skipped once its time is over', async () => {
    const deployment = await listen('late', { conditionalCalls: 'hold' });
    post('late', 'BTC long if it breaks 90k, valid for 2 hours');
    const { id, expiresAt, createdAt } = await until('the held call', () =>
      system.db.heldCall.findFirst({ where: { agentId: deployment.agentId } }),
    );
    expect((expiresAt.getTime() - createdAt.getTime()) / 3_600_000).toBeCloseTo(2, 1);
    await system.db.heldCall.update({ where: { id }, data: { expiresAt: new Date() } });
    await skipped('stale', 'breaks 90k');
    expect(await system.db.signal.count({ where: { agentId: deployment.agentId } })).toBe(0);
  });
});

describe('a call against an open trade of its author', () => {
  test('closes it and opens the other once that is flat, where the agent flips', async () => {
    const deployment = await listen('turns', { oppositeCalls: 'flip' });
    post('turns', 'LONG BTC 50000 SL 47500 TP 60000');
    const long = await tradeOf(deployment, 'long');
    await long.untilArmed();
    post('turns', 'SHORT BTC 50000 SL 52500 TP 40000');
    expect((await long.reaches('closed')).exitReason).toBe('exit_signal');
    const short = await tradeOf(deployment, 'short');
    await short.untilArmed();
    const position = await system.db.position.findFirstOrThrow({
      where: { accountId: deployment.walletAddress },
    });
    expect(Number(position.size)).toBeLessThanOrEqual(0);
    await system.call('POST', `/trades/${(await short.reaches('open')).id}/close`, {});
    await short.reaches('closed');
    await expectClean(system, deployment);
    expect(await system.db.heldCall.count({ where: { endedAt: null } })).toBe(0);
  });

  test('turns the position once, whatever worker dies meanwhile', async () => {
    const deployment = await listen('deaths', { oppositeCalls: 'flip' });
    post('deaths', 'LONG SOL 150 SL 140 TP 200');
    const long = await tradeOf(deployment, 'long');
    await long.untilArmed();
    system.crashAt('exit.after_send');
    post('deaths', 'SHORT SOL 150 SL 160 TP 100');
    await worker.exited;
    worker = await system.startWorker();
    expect((await long.reaches('closed')).exitReason).toBe('exit_signal');
    const short = await tradeOf(deployment, 'short');
    await short.untilArmed();
    await system.call('POST', `/trades/${(await short.reaches('open')).id}/close`, {});
    await short.reaches('closed');
    expect(await system.db.signal.count({ where: { agentId: deployment.agentId } })).toBe(2);
    await expectClean(system, deployment);
  });

  test('closes it and is a reason, where the agent closes', async () => {
    const deployment = await listen('exits', { oppositeCalls: 'close' });
    post('exits', 'LONG BTC 50000 SL 47500 TP 60000');
    const long = await tradeOf(deployment, 'long');
    await long.untilArmed();
    post('exits', 'SHORT BTC 50000 SL 52500 TP 40000');
    expect((await long.reaches('closed')).exitReason).toBe('exit_signal');
    await skipped('opposite_call', 'SHORT BTC');
    expect(await system.db.signal.count({ where: { agentId: deployment.agentId } })).toBe(1);
    await expectClean(system, deployment);
  });
});
