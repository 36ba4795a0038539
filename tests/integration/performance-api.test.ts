import { afterAll, beforeAll, expect, test } from 'vitest';
import { billTrade } from '#activities/ledger/bill-trade.ts';
import { refreshCards } from '#activities/metrics/refresh-cards.ts';
import { writeChangedHours } from '#activities/metrics/write-hours.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import { METRIC_NAMES } from '#domain/metrics/definitions.ts';
import { DAY_MS, HOUR_MS } from '#domain/metrics/windows.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { newWallet, tradedBooks, type TradedBooks } from '../support/traded-books.ts';

let api: TestApi;
let books: TradedBooks;
beforeAll(async () => {
  api = await startTestApi();
  const { id } = await api.db.user.findFirstOrThrow();
  books = tradedBooks(api.db, id);
});
afterAll(() => api?.stop());

const NOW = Date.now();
/** Twenty days ago, at noon (UTC). */
const START = Math.floor(NOW / DAY_MS) * DAY_MS - 20 * DAY_MS + 12 * HOUR_MS;

/** Writes what changed, as the scheduled job does. */
async function measure(): Promise<void> {
  await writeChangedHours({ db: api.db, failpoint: () => undefined }, { limit: 10_000 });
  await refreshCards({ db: api.db, now: () => NOW }, { limit: 1_000 });
}

/** An agent that earned as told, one trade a day on calls of a source, with 1,000 USD. */
async function addTrader(name: string, exits: readonly string[], handle = name) {
  const wallet = newWallet();
  const agentId = await books.addAgent(name, { isPublished: true });
  const deploymentId = await books.addDeployment(agentId, wallet);
  await books.addEquity(wallet, START, '1000');
  for (const [day, exit] of exits.entries()) {
    const openedAt = START + day * DAY_MS;
    const messageId = await books.addMessage(handle, openedAt - 1_000);
    await books.addTrade({
      deploymentId,
      messageId,
      openedAt,
      closedAt: openedAt + HOUR_MS,
      entry: '100',
      exit,
    });
  }
  return { agentId, deploymentId };
}

const repeated = (exit: string, times: number): string[] => Array.from({ length: times }, () => exit);

test('every number has its definition', async () => {
  const { body } = await api.call('GET', '/metrics/definitions');
  expect(body.metrics.map(({ name }: { name: string }) => name)).toEqual(METRIC_NAMES);
});

test('profit is grouped by day, source and venue, and the parts add up to the whole', async () => {
  const { agentId } = await addTrader('grouped', ['110', '95']);
  await measure();
  const pnl = async (by: string) => (await api.call('GET', `/metrics/pnl?by=${by}&agentId=${agentId}`)).body;
  expect((await pnl('day')).groups.map(({ netUsd }: { netUsd: string }) => netUsd)).toEqual(['9', '-6']);
  for (const by of ['month', 'agent', 'venue', 'source', 'instrument']) {
    const { groups, total, waiting } = await pnl(by);
    const sum = groups.reduce((net: number, { netUsd }: { netUsd: string }) => net + Number(netUsd), 0);
    expect([sum, total.netUsd, total.winRate, waiting]).toEqual([3, '3', 0.5, 0]);
  }
  expect((await pnl('source')).groups[0].key).toBe('x:grouped');
  expect((await api.call('GET', '/metrics/pnl?by=moon')).status).toBe(400);
});

test('a card shows windows, venues, exits and sources', async () => {
  const { agentId } = await addTrader('carded', repeated('110', 3));
  await measure();
  const { body } = await api.call('GET', `/agents/${agentId}/card`);
  expect(body).toMatchObject({ name: 'carded', isPublished: true, equityUsd: '1000', openTrades: 0 });
  expect(body.windows['30d']).toMatchObject({ netUsd: '27', trades: 3, winRate: 1, latencyMs: 1_000 });
  expect(body.windows.all.days).toBe(21);
  expect(body.venues).toMatchObject([{ venue: 'hyperliquid', share: 1 }]);
  expect(body.exits).toEqual([{ reason: 'take_profit', trades: 3 }]);
  expect(body.timeInMarket).toBe(0);
});

test('the leaderboard ranks published agents by its rules, and an answer stays for half a minute', async () => {
  await addTrader('leader', repeated('103', 12));
  await addTrader('lucky', [...repeated('99.9', 11), '150']);
  await addTrader('follower', repeated('102', 12));
  const hidden = await addTrader('hidden', repeated('120', 12));
  await api.call('POST', `/agents/${hidden.agentId}/publish`, { published: false });
  await measure();
  const board = async (query = '') =>
    (await api.call('GET', `/leaderboard?minTrades=10${query}`)).body.agents;
  const first = await board();
  const named = first.map(({ name, rank, unranked }: { name: string; rank: number; unranked: string }) => [
    name,
    rank ?? unranked,
  ]);
  expect(named.slice(0, 3)).toEqual([
    ['leader', 1],
    ['follower', 2],
    ['lucky', 'one_trade'],
  ]);
  expect(JSON.stringify(named)).not.toContain('hidden');
  await api.call('POST', `/agents/${hidden.agentId}/publish`, { published: true });
  expect(await board()).toEqual(first);
  const [audited] = await api.db.auditLog.findMany({
    where: { subject: `agent/${hidden.agentId}` },
    orderBy: { id: 'desc' },
  });
  expect(audited).toMatchObject({ action: 'agent.publish', after: { published: true } });
  expect((await board('&venue=ostium')).length).toBe(0);
});

test('judging proposes weights by impact and changes nothing', async () => {
  const { agentId } = await addTrader('judge good', repeated('110', 12), 'good');
  await addTrader('judge bad', repeated('90', 20), 'bad');
  await measure();
  const sources = ['good', 'bad'].map((handle) => ({ kind: 'file', handle, weight: 60 }));
  for (const { handle } of sources) {
    const { id: sourceAccountId } = await api.db.sourceAccount.findFirstOrThrow({ where: { handle } });
    await api.db.agentSource.create({ data: { agentId, sourceAccountId, weight: 60 } });
  }
  const { body } = await api.call('GET', `/agents/${agentId}/judgement?window=all`);
  const byHandle = Object.fromEntries(
    body.sources.map((source: { handle: string }) => [source.handle, source]),
  );
  expect(byHandle.good).toMatchObject({ proposed: 100, why: 'by_impact', trades: 12, earnedUsd: '108' });
  expect(byHandle.bad).toMatchObject({ proposed: 10, why: 'no_worth', trades: 20, earnedUsd: '0' });
  expect(
    (await api.call('GET', `/agents/${agentId}`)).body.sources.map(
      ({ weight }: { weight: number }) => weight,
    ),
  ).toEqual([60, 60]);
});

test('fills are exported as CSV in the order of their times, and a name cannot be a formula', async () => {
  const { deploymentId } = await addTrader('=HYPERLINK("evil")', ['101', '102']);
  const { text, type } = await api.call('GET', `/exports/fills?deploymentId=${deploymentId}`);
  expect(type).toContain('text/csv');
  const [header, ...lines] = text.trimEnd().split('\r\n');
  expect(header).toMatch(/^time,venue,account,instrument,side,size,price,value_usd,fee_usd,/);
  expect(lines).toHaveLength(4);
  expect(lines[0]).toContain('"\'=HYPERLINK(""evil"")"');
  expect([...lines].sort()).toEqual(lines);
  const none = await api.call('GET', `/exports/fills?deploymentId=${deploymentId}&from=${NOW}`);
  expect(none.text.trimEnd().split('\r\n')).toHaveLength(1);
  for (const name of ['fees', 'funding', 'bills'])
    expect((await api.call('GET', `/exports/${name}`)).status).toBe(200);
  expect((await api.call('GET', '/exports/keys')).status).toBe(400);
});

test('the overview counts and sums everything', async () => {
  await measure();
  const { body } = await api.call('GET', '/metrics/overview');
  expect(body).toMatchObject({ liveTrades: 0, unrealizedUsd: '0', waiting: 0 });
  expect(body.windows.all.trades).toBe(await api.db.trade.count());
  expect((await api.call('GET', '/metrics/impact?window=30d')).body.sources[0]).toHaveProperty(
    'shrunkImpactUsd',
  );
});

test('a statement lists the bills of a month, and as JSON, CSV and page says what was not billed and why', async () => {
  const { deploymentId } = await addTrader('stated', ['110']);
  const told = { deploymentId, openedAt: START, closedAt: START + HOUR_MS, entry: '100', exit: '120' };
  const taken = await books.addTrade({ ...told, openedAt: START + DAY_MS, isAdopted: true, symbol: 'ETH' });
  const [first] = await api.db.trade.findMany({ where: { deploymentId, isAdopted: false } });
  for (const id of [first?.id, first?.id, taken])
    await billTrade(api.db, { tradeId: asId<TradeId>(id ?? '') });
  const of = (month: string, format: string) =>
    api.call('GET', `/deployments/${deploymentId}/statements/${month}?format=${format}`);
  const billed = new Date().toISOString().slice(0, 7);
  const { body } = await of(billed, 'json');
  expect(body).toMatchObject({ agent: 'stated', month: billed, totalUsd: '1.1' });
  expect(body.bills.map(({ kind, rule }: { kind: string; rule: string }) => [kind, rule])).toEqual([
    ['trade_fee', 'per_trade'],
    ['profit_share', 'per_trade'],
  ]);
  const closed = new Date(START + HOUR_MS).toISOString().slice(0, 7);
  expect((await of(closed, 'json')).body.unbilled).toMatchObject([{ tradeId: taken, why: 'adopted' }]);
  expect((await of(billed, 'csv')).text).toContain(',total,,1.1,,');
  expect(await of(billed, 'html')).toMatchObject({
    status: 200,
    type: expect.stringContaining('text/html'),
    text: expect.stringContaining('<h1>Statement'),
  });
  expect((await of('2026-13', 'json')).status).toBe(400);
});
