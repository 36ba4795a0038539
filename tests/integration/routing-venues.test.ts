import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import {
  accountOf,
  startTradingSystem,
  until,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;
let doomed: RoleProcess;
const barriers = { stopLoss: { pct: 5 } };

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('BTC-USD', '50000', '5');
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  ostium.control.setPrice('XAU-USD', '2400', '0.4');
  system = await startTradingSystem({ ostium });
  doomed = await system.startWorker({ roles: ['pipeline', 'trading'] });
  system.crashAt('entry.before_send');
  await until('the instruments of both venues', async () => {
    const listed = await system.db.instrument.groupBy({ by: ['venue'] });
    return listed.length === 2;
  });
}, 90_000);
afterEach(() => {
  system.sandbox.control({ type: 'clearFaults' });
  ostium.control.setMarketOpen('BTC-USD', null);
});
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

const loseHyperliquid = () =>
  void system.sandbox.control({ type: 'fault', fault: { kind: 'loseRequest', durationMs: 60_000 } });

/** Where the trade went, and what the other venues said. */
async function routed(trade: TestTrade) {
  const routing = (await trade.details())?.routing;
  return [routing?.venue, ...(routing?.refusals ?? []).map(({ venue, code }) => `${venue} ${code}`)];
}

test('a trade planned for a venue waits for it, while signals that come later go elsewhere', async () => {
  const [first, later] = [await system.deploy(), await system.deploy()];
  const planned = await system.signal(first, { barriers });
  await doomed.exited;
  loseHyperliquid();
  await system.startWorker({ roles: ['trading'] });
  const passedOn = await system.signal(later, { barriers });
  expect(await passedOn.reaches('open')).toMatchObject({ venue: 'ostium' });
  expect(await routed(passedOn)).toEqual(['ostium', 'hyperliquid venue_unhealthy']);
  expect(await planned.details()).toMatchObject({ venue: 'hyperliquid', phase: 'opening' });
  system.sandbox.control({ type: 'clearFaults' });
  expect(await planned.reaches('open')).toMatchObject({ venue: 'hyperliquid' });
  expect(await routed(planned)).toEqual(['hyperliquid']);
  expect(accountOf(system.sandbox.state(), later.walletAddress).fills).toBe(0);
});

test('one deployment trades each instrument where it is listed, however it is written', async () => {
  const deployment = await system.deploy();
  const trades = await Promise.all(
    ['btc-perp', 'EUR/USD', 'gold'].map((symbol) => system.signal(deployment, { symbol, barriers })),
  );
  const open = await Promise.all(trades.map((trade) => trade.reaches('open')));
  expect(open.map(({ symbol, venue }) => [symbol, venue])).toEqual([
    ['BTC', 'hyperliquid'],
    ['EUR-USD', 'ostium'],
    ['XAU', 'ostium'],
  ]);
  expect(await Promise.all(trades.map(routed))).toEqual([
    ['hyperliquid'],
    ['ostium', 'hyperliquid unknown_instrument'],
    ['ostium', 'hyperliquid unknown_instrument'],
  ]);
});

test('when one is down and the other closed, the signal is skipped with both reasons', async () => {
  const deployment = await system.deploy();
  loseHyperliquid();
  expect(await system.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  ostium.control.setMarketOpen('BTC-USD', false);
  const trade = await system.signal(deployment, { barriers });
  expect((await trade.reaches('skipped')).refusal).toMatchObject({
    code: 'no_venue',
    text: expect.stringMatching(/hyperliquid: The venue is not answering.*ostium: The market .* is closed/),
  });
  expect(await routed(trade)).toEqual([null, 'hyperliquid venue_unhealthy', 'ostium market_closed']);
});
