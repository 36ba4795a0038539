import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import { saveDecision } from '#prisma/repositories/routing-decisions.ts';
import { storeInstruments } from '#prisma/repositories/instruments.ts';
import { BITCOIN } from '#venues/hyperliquid/testing.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

let api: TestApi;
let url: string;
let agentId: string;

beforeAll(async () => {
  api = await startTestApi();
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { db, deps } = api;
  const maintenance = createVenueActivities({ db, venues: deps.venues, logger: deps.logger, now: Date.now });
  await maintenance.checkVenues();
  await maintenance.refreshInstruments();
  const pairs = ['EUR-USD', 'EUR-GBP', 'xyz:GOLD', 'flx:GOLD'];
  const listed = pairs.map((symbol) => ({
    ...BITCOIN,
    venue: 'ostium' as const,
    symbol,
    venueSymbol: symbol,
  }));
  await storeInstruments(db, 'ostium', listed, Date.now());
  agentId = (await api.call('POST', '/agents', { name: 'swing' })).body.id;
});
afterAll(() => api?.stop());

function signalman(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], SIGNALMAN_API_URL: url, SIGNALMAN_STATE_DIR: api.stateDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [SIGNALMAN, ...args], { env, timeout: 60_000 }, (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const json = async (...args: string[]) => JSON.parse((await signalman(...args, '--json')).out);
const rulesOf = async (query = '') => (await api.call('GET', `/routing-rules${query}`)).body;

describe('rules', () => {
  test('are built in until somebody sets them; an agent has its own before everybody’s', async () => {
    const builtIn = { agentId: null, mode: 'priority', venues: ['hyperliquid', 'ostium'], from: 'built-in' };
    expect(await rulesOf()).toEqual(builtIn);
    const everybodys = await api.call('POST', '/routing-rules', { venues: ['ostium', 'hyperliquid'] });
    expect(everybodys).toMatchObject({
      status: 200,
      body: { mode: 'priority', venues: ['ostium', 'hyperliquid'], from: 'everybody' },
    });
    expect(await rulesOf(`?agentId=${agentId}`)).toMatchObject({ agentId, from: 'everybody' });
    const own = await api.call('POST', '/routing-rules', { agentId, mode: 'best' });
    expect(own.body).toEqual({ agentId, mode: 'best', venues: ['ostium', 'hyperliquid'], from: 'agent' });
    expect(await rulesOf()).toMatchObject({ mode: 'priority' });
    await api.call('POST', '/routing-rules/reset', { agentId });
    expect(await rulesOf(`?agentId=${agentId}`)).toMatchObject({ mode: 'priority', from: 'everybody' });
    expect((await api.call('POST', '/routing-rules/reset', {})).body).toEqual(builtIn);
    const audited = await api.db.auditLog.findMany({ where: { action: { startsWith: 'routing.' } } });
    expect(audited.map(({ action, subject }) => [action, subject])).toEqual([
      ['routing.set', 'routing/everybody'],
      ['routing.set', `agent/${agentId}`],
      ['routing.reset', `agent/${agentId}`],
      ['routing.reset', 'routing/everybody'],
    ]);
  });

  test('an agent that prefers an order has it before everybody’s', async () => {
    const { body } = await api.call('POST', '/agents', { name: 'fx', venuePreference: ['ostium'] });
    expect(await rulesOf(`?agentId=${body.id}`)).toMatchObject({ venues: ['ostium'], from: 'preference' });
  });

  test.each([
    [{}, '/', 'must set mode, venues or both'],
    [{ mode: 'random' }, '/mode', 'priority'],
    [{ venues: [] }, '/venues', ''],
    [{ venues: ['ostium', 'ostium'] }, '/venues', 'must name each venue once'],
    [{ venues: ['nyse'] }, '/venues/0', 'hyperliquid'],
    [{ venues: ['ostium'], order: 'first' }, '/', 'order'],
  ])('%j are refused', async (rules, pointer, detail) => {
    const answer = await api.call('POST', '/routing-rules', rules);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors[0]).toMatchObject({ pointer, detail: expect.stringContaining(detail) });
  });

  test('of an agent that there is not are not there', async () => {
    const answer = await api.call('POST', '/routing-rules', { agentId: randomUUID(), mode: 'best' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'agent_not_found' } });
  });

  test('are set on the command line', async () => {
    const set = await signalman(
      'routing',
      'set',
      '--agent',
      'swing',
      '--mode',
      'best',
      '--venues',
      'ostium,hyperliquid',
    );
    expect(set).toMatchObject({
      status: 0,
      out: "rules (the agent's own): best, the cheapest of ostium and hyperliquid\n",
    });
    expect(await json('routing', 'reset', '--agent', 'swing')).toMatchObject({ from: 'built-in' });
    const wrong = [['set'], ['set', '--mode', 'random'], ['set', '--venues', 'nyse'], ['--days', '0']];
    for (const args of wrong) expect((await signalman('routing', ...args)).status).toBe(2);
  });
});

describe('symbols', () => {
  const post = (instrument: string) => api.call('POST', '/signals', { agentId, instrument, side: 'long' });

  test('a signal is stored under the canonical one', async () => {
    const { body } = await post('btc/usdt');
    expect((await api.call('GET', `/signals/${body.signalId}`)).body.symbol).toBe('BTC');
    expect((await post('BTC-PERP')).body).toMatchObject({ created: false, signalId: body.signalId });
  });

  test('what can mean two things is refused with both, and nothing is stored', async () => {
    const before = await api.db.signal.count();
    expect(await post('gold')).toMatchObject({
      status: 422,
      body: { code: 'symbol_ambiguous', detail: expect.stringContaining('flx:GOLD or xyz:GOLD') },
    });
    expect((await post('EUR')).body.detail).toContain('EUR-GBP, EUR-USD');
    expect(await post('<b>')).toMatchObject({ status: 422, body: { code: 'symbol_unreadable' } });
    expect(await api.db.signal.count()).toBe(before);
  });
});

describe('venues', () => {
  test('show their health, their markets and the age of their prices', async () => {
    const { venues } = await json('venues');
    expect(venues).toEqual([
      {
        venue: 'hyperliquid',
        configured: true,
        health: 'up',
        detail: expect.stringMatching(/^answered in \d+ ms$/),
        latencyMs: expect.any(Number),
        checkedAt: expect.any(Number),
        priceAgeMs: expect.any(Number),
        instruments: expect.any(Number),
        tradable: expect.any(Number),
        openMarkets: expect.any(Number),
        refreshedAt: expect.any(Number),
        // No worker runs here, and none ever did.
        watch: null,
      },
    ]);
    expect(venues[0].openMarkets).toBeGreaterThan(10);
    const { out } = await signalman('venues');
    expect(out).toMatch(/^VENUE +HEALTH .*\nhyperliquid +up +\d+ ms/);
  });

  test('list where something can be traded, however it is written', async () => {
    expect((await json('venues', '--instruments', 'eur/usd')).instruments).toMatchObject([
      { venue: 'ostium', symbol: 'EUR-USD', tradable: true },
    ]);
    expect((await signalman('venues', '--instruments', 'NOSUCH')).out).toBe('no venue lists NOSUCH\n');
    expect((await signalman('venues', '--instruments', 'gold')).err).toContain('flx:GOLD or xyz:GOLD');
    const { items } = (await api.call('GET', '/instruments?venue=hyperliquid&tradable=true&limit=3')).body;
    expect(items.map(({ venue }: { venue: string }) => venue)).toEqual(Array(3).fill('hyperliquid'));
  });
});

test('a deployment gets a key for each venue it is to trade at, once', async () => {
  const walletAddress = `0x${'ab'.repeat(20)}`;
  const deployed = await api.call('POST', `/agents/${agentId}/deployments`, { walletAddress });
  await api.db.tradingKey.deleteMany({ where: { deploymentId: deployed.body.id } });
  const path = `/deployments/${deployed.body.id}/trading-keys`;
  const { tradingKeys } = await json('deployments', 'key', deployed.body.id, 'hyperliquid');
  expect(tradingKeys).toMatchObject([{ venue: 'hyperliquid', status: 'pending' }]);
  expect(await api.call('POST', path, { venue: 'hyperliquid' })).toMatchObject({
    status: 409,
    body: { code: 'trading_key_exists' },
  });
  expect(await api.call('POST', path, { venue: 'ostium' })).toMatchObject({
    status: 422,
    body: { code: 'venue_not_configured' },
  });
});

test('a key is replaced by one that waits until the wallet has approved it', async () => {
  const walletAddress = `0x${'ba'.repeat(20)}`;
  const { id } = (await api.call('POST', `/agents/${agentId}/deployments`, { walletAddress })).body;
  const { deployments } = await json('deployments', 'key', 'rotate', id);
  const [{ tradingKeys }] = deployments;
  expect(tradingKeys).toMatchObject([
    { active: true, status: 'pending', warning: 'not_approved' },
    { active: false, status: 'pending', warning: null },
  ]);
  const { out } = await signalman('deployments', 'key', 'rotate', id, '--venue', 'hyperliquid');
  expect(out).toContain(
    `${tradingKeys[1].address} at hyperliquid: pending, waits to replace the one that signs`,
  );
  expect(out).toContain(`under the name sm-${id.slice(-8)}`);
  const asked = await api.call('POST', `/deployments/${id}/approval`);
  expect(asked.body.tradingKeys).toMatchObject([{ active: true }, { active: false, status: 'pending' }]);
  expect(await api.call('POST', `/deployments/${id}/trading-keys/rotate`, { venue: 'ostium' })).toMatchObject(
    {
      status: 422,
    },
  );
  await api.db.tradingKey.deleteMany({ where: { deploymentId: id } });
  expect(
    await api.call('POST', `/deployments/${id}/trading-keys/rotate`, { venue: 'hyperliquid' }),
  ).toMatchObject({ status: 404, body: { code: 'trading_key_not_found' } });
});

test('decisions are listed with their reasons, and counted', async () => {
  const deployment = await api.call('POST', `/agents/${agentId}/deployments`, { venue: 'hyperliquid' });
  const { body } = await api.call('POST', '/signals', { agentId, instrument: 'ETH', side: 'short' });
  const trade = await api.db.trade.create({
    data: {
      signalId: body.signalId,
      deploymentId: deployment.body.id,
      symbol: 'ETH',
      side: 'short',
      accountId: deployment.body.walletAddress,
    },
  });
  await saveDecision(api.db, asId<TradeId>(trade.id), {
    venue: 'ostium',
    mode: 'priority',
    refusals: [{ venue: 'hyperliquid', code: 'market_closed', text: 'It is closed.' }],
    costs: [],
    durationMs: 1.25,
  });
  const shown = await json('routing', '--agent', 'swing');
  expect(shown).toMatchObject({
    rules: { from: 'built-in' },
    summary: {
      decisions: 1,
      chosen: [{ venue: 'ostium', count: 1 }],
      refusals: [{ venue: 'hyperliquid', code: 'market_closed', count: 1 }],
      durationMs: { p50: 1.25, p99: 1.25 },
    },
    decisions: [{ tradeId: trade.id, agentName: 'swing', symbol: 'ETH', venue: 'ostium', durationMs: 1.25 }],
  });
  const { out } = await signalman('routing');
  expect(out).toContain('rules (built in): priority, hyperliquid before ostium\n');
  expect(out).toMatch(/hyperliquid +market_closed +1\n/);
  expect(out).toMatch(/swing +ETH +short +ostium +1\.3 +hyperliquid: market_closed\n/);
});
