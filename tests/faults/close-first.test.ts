import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { workflowIds } from '#workflows/names.ts';
import {
  adjustBarriersUpdate,
  fillsBookedSignal,
  forceCloseSignal,
  pauseSignal,
  tradeQuery,
} from '#workflows/messages.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { createTradeLifecycles } from '#workers/trade-lifecycles.ts';
import {
  accountOf,
  hasEvent,
  expectClean,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { createLogger } from '#observability/logger.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

const logger = createLogger({ level: 'fatal', name: 'test' });
let system: TradingSystem;

useTradingSystem((started) => (system = started));

const barriers = { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 0, distancePct: 2 }] };
const handleOf = ({ workflowId }: TestTrade) => system.temporal.workflow.getHandle(workflowId);

async function armed(
  symbol: string,
  price: number,
): Promise<{ deployment: TestDeployment; trade: TestTrade; id: string }> {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol, barriers });
  await trade.untilArmed();
  const { id } = await trade.reaches('open');
  return { deployment, trade, id };
}

/** The names of the activities that a trade's workflow has asked for, in order, with the signals that it heard. */
async function historyOf(trade: TestTrade): Promise<string[]> {
  const { events } = await handleOf(trade).fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: asked, workflowExecutionSignaledEventAttributes: heard }) =>
      asked?.activityType?.name ?? heard?.signalName ?? [],
  );
}

test('a close overtakes a look that fails for ever, is told, and needs no reading of the account', async () => {
  const { deployment, trade, id } = await armed('ETH', 3_000);
  system.sandbox.control({
    type: 'fault',
    fault: { kind: 'http', status: 503, action: 'info', durationMs: 600_000 },
  });
  await handleOf(trade).signal(fillsBookedSignal);
  await until('a look', async () => (await historyOf(trade)).includes('reviewPosition'));
  expect((await system.call('POST', `/trades/${id}/close`, {})).status).toBe(202);
  const order = await until('the closing order', async () =>
    (await trade.details())?.orders.find(({ leg, status }) => leg === 'exit' && status === 'filled'),
  );
  expect(order.revision).toBe(0);
  await until('a line in the story', hasEvent(trade, 'exit_started'));
  const late = await system.call('POST', `/trades/${id}/adjust`, { barriers });
  expect(late).toMatchObject({ status: 409, body: { code: 'trade_not_open' } });
  system.sandbox.control({ type: 'clearFaults' });
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a look that cannot succeed ends with an alarm in the story, and so does the end of an exit', async () => {
  const { deployment, trade, id } = await armed('XRP', 2);
  system.sandbox.control({
    type: 'fault',
    fault: { kind: 'http', status: 422, action: 'info', durationMs: 600_000 },
  });
  await handleOf(trade).signal(fillsBookedSignal);
  await until('the alarm of the look', hasEvent(trade, 'step_ended'));
  expect((await handleOf(trade).query(tradeQuery)).trouble?.code).toBe('request_refused');
  const adjusted = await system.call('POST', `/trades/${id}/adjust`, { barriers });
  expect(adjusted).toMatchObject({ status: 502, body: { code: 'venue_unreachable' } });
  await system.call('POST', `/trades/${id}/close`, {});
  await until('the alarm of the exit', hasEvent(trade, 'exit_trouble'));
  const exits = (await trade.details())?.orders.filter(({ leg }) => leg === 'exit');
  expect(exits).toMatchObject([{ status: 'filled' }]);
  system.sandbox.control({ type: 'clearFaults' });
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a close in a name that the books cannot hold closes all the same, and such a note is refused', async () => {
  const { deployment, trade, id } = await armed('LTC', 80);
  const refused = await system.call('POST', `/trades/${id}/close`, { note: 'a\0' });
  expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  await handleOf(trade).signal(forceCloseSignal, { by: 'ada\0' });
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a close while it is not known what became of the entry closes what filled', async () => {
  system.sandbox.setPrice('BNB', 600);
  const deployment = await system.deploy();
  const fail = (fault: Fault) => system.sandbox.control({ type: 'fault', fault });
  // The answer is lost, so late that the workflow hears of the close before, and what would tell of the entry fails.
  fail({ kind: 'delay', ms: 5_500, action: 'order' });
  fail({ kind: 'loseAnswer', action: 'order' });
  fail({ kind: 'http', status: 503, action: 'noop', durationMs: 600_000 });
  const trade = await system.signal(deployment, { symbol: 'BNB', barriers });
  await until('the entry at the venue', async () => {
    const account = accountOf(system.sandbox.state(), deployment.walletAddress);
    return account.fills > 0;
  });
  await handleOf(trade).signal(forceCloseSignal, { by: 'ada' });
  await until('the loss of the answer', async () =>
    (await trade.details())?.orders.some(({ status }) => status === 'unresolved'),
  );
  await until('the close to be heard', async () => {
    const { closeRequested, phase } = await handleOf(trade).query(tradeQuery);
    return closeRequested !== null && phase !== 'routing';
  });
  system.sandbox.control({ type: 'clearFaults' });
  expect((await trade.reaches('closed', 'skipped')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a close goes before reports of fills, and many reports are one look', async () => {
  const { deployment, trade } = await armed('SOL', 150);
  const before = (await historyOf(trade)).filter((name) => name === 'reviewPosition').length;
  await Promise.all(Array.from({ length: 80 }, () => handleOf(trade).signal(fillsBookedSignal)));
  await handleOf(trade).signal(forceCloseSignal, { by: 'ada' });
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  const history = await historyOf(trade);
  const looks = history.filter((name) => name === 'reviewPosition').length - before;
  expect(looks).toBeLessThan(20);
  const asked = history.slice(history.indexOf('forceClose'));
  expect(asked.slice(0, asked.indexOf('closePosition'))).not.toContain('reviewPosition');
  await expectClean(system, deployment);
});

test('messages that cannot be read stop no trade', async () => {
  const { deployment, trade, id } = await armed('AVAX', 40);
  const handle = handleOf(trade);
  await handle.signal('exitStarted');
  await handle.signal('exitStarted', { reason: { code: 7 } });
  await expect(handle.executeUpdate('adjustBarriers')).rejects.toThrow('Workflow Update failed');
  const unread = { barriers: { stopLoss: { pct: 9 } }, by: { name: 'ada' } };
  await handle.executeUpdate('adjustBarriers', { args: [unread] });
  await handle.executeUpdate(adjustBarriersUpdate, { args: [{ barriers: { stopLoss: { pct: 7 } } }] });
  const where = { action: 'trade.adjust_barriers', subject: `trade/${id}` };
  const audits = await system.db.auditLog.findMany({ where, orderBy: { id: 'asc' } });
  expect(audits.map(({ actor }) => actor)).toEqual(['operator (sender unreadable)', 'operator']);
  expect((await trade.details())?.phase).toBe('open');
  await handle.signal('forceClose', { by: ['ada'] });
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a paused trade whose workflow was ended by hand and is started again stays paused', async () => {
  const { deployment, trade, id } = await armed('LINK', 20);
  system.sandbox.setPrice('LINK', 22);
  await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 21);
  await system.call('POST', `/trades/${id}/pause`, {});
  await until('the pause', hasEvent(trade, 'paused'));
  await handleOf(trade).terminate('by hand');
  expect(
    await createTradeLifecycles(system.temporal, logger).ensure({ ...trade, symbol: 'LINK', side: 'long' }),
  ).toBe(true);
  const again = system.temporal.workflow.getHandle(workflowIds.trade(trade.signalId, trade.deploymentId));
  const state = await until('the trade to be known again', async () => {
    const found = await again.query(tradeQuery);
    return found.phase === 'open' && found.remainingSize !== null ? found : null;
  });
  expect(state).toMatchObject({ paused: true, entryPrice: expect.any(String) });
  expect(Number(state.stopPrice)).toBeGreaterThan(21);
  await until('the look', async () => (await historyOf(trade)).includes('reviewPosition'));
  expect((await trade.details())?.watch?.status).toBe('paused');
  await system.call('POST', `/trades/${id}/resume`, {});
  await until('the watch to be armed', async () => (await trade.details())?.watch?.status === 'armed');
  // The trail still stands behind the peak of before.
  system.sandbox.setPrice('LINK', 21.57);
  await system.call('POST', `/trades/${id}/close`, {});
  await trade.reaches('closed');
  await expectClean(system, deployment);
});

test('what a person asked of a run that was lost is asked of the next', async () => {
  const input = { signalId: randomUUID(), deploymentId: randomUUID() };
  const workflowId = workflowIds.trade(input.signalId, input.deploymentId);
  const { workflow } = system.temporal;
  // No worker hears of it.
  const lost = await workflow.start('tradeLifecycle', { args: [input], taskQueue: 'nobody', workflowId });
  await lost.signal(pauseSignal, { by: 'ada' });
  await lost.signal(forceCloseSignal, { by: 'ada' });
  await lost.terminate('by hand');
  expect(
    await createTradeLifecycles(system.temporal, logger).ensure({ ...input, symbol: 'BTC', side: 'long' }),
  ).toBe(true);
  const next = workflow.getHandle(workflowId);
  // A signal that comes during a task is in the history once that is over.
  await next.terminate('the trade is not in the books');
  const { events } = await next.fetchHistory();
  const heard = (events ?? []).flatMap((each) => each.workflowExecutionSignaledEventAttributes ?? []);
  expect(heard.map(({ signalName }) => signalName)).toEqual(['forceClose', 'pause']);
});
