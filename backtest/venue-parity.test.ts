import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planProtection, type EntryPlan } from '#domain/entry-plan.ts';
import type { Barriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import { amount, sum } from '#domain/money.ts';
import { BTC, limit, openTrader, statusesOf, type SandboxTrader } from '#sandbox/hyperliquid/testing.ts';
import type { Call } from './call.ts';
import { runPortfolio } from './engine/run-portfolio.ts';
import { closedTrades } from './engine/to-result.ts';
import { printSeries, taskRules } from './engine/testing.ts';
import type { ClosedTrade } from './result.ts';
import { marketOf } from './settings/market-rules.ts';
import { defaultSettings } from './settings/settings.ts';

/** The account of each case is funded anew; the key is nobody's. */
const keyOf = (number: number) => `0x${String(number).padStart(64, '7')}`;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an address is hexadecimal
const addressOf = (number: number) => new Wallet(keyOf(number)).address as `0x${string}`;
const CAPITAL = 10_000;

let trader: SandboxTrader;
beforeAll(async () => {
  trader = await openTrader();
});
afterAll(() => trader.close());

interface Case {
  side: Side;
  notionalUsd: string;
  barriers: Barriers;
  prices: readonly number[];
}

const SETTINGS = {
  ...defaultSettings(),
  capitalUsd: String(CAPITAL),
  costs: { takerBps: 4.5, flatUsd: '0', spreadBps: 0, slippageBps: 0, fundingBpsPerHour: 0 },
};

/** Runs the case as a backtest and returns its trade, with the plan of its entry. */
function backtested({ side, notionalUsd, barriers, prices }: Case): { trade: ClosedTrade; plan: EntryPlan } {
  const from = Date.UTC(2024, 0, 1);
  const series = printSeries(prices.map((price, at) => ({ t: from + at * 1000, price, gap: true })));
  const call: Call = {
    signalId: 'call',
    postId: null,
    source: null,
    author: null,
    agent: 'parity',
    postedAt: from,
    callPrice: null,
    terms: {
      symbol: 'BTC',
      side,
      confidence: 1,
      sizeModel: { mode: 'fixedNotional', notionalUsd },
      barriers,
      leverage: null,
      weightPct: 100,
      referencePrice: null,
      maxDriftPct: 1,
      calledAt: from,
      expiresAt: from + 60_000,
    },
  };
  const rules = { ...taskRules('worst', { independent: false }), capitalUsd: SETTINGS.capitalUsd };
  const outcome = runPortfolio([call], new Map([['BTC', marketOf(series, SETTINGS)]]), rules);
  const [trade] = closedTrades(outcome);
  const plan = outcome.trades[0]?.plan;
  if (!trade || !plan) throw new Error(`not closed: ${JSON.stringify(outcome.refusals)}`);
  return { trade, plan };
}

/** Sends the entry with its stop and targets, as the system does, and plays the prints. Returns fills and account. */
async function traded(number: number, { side, prices }: Case, trade: ClosedTrade, plan: EntryPlan) {
  const { sandbox } = trader;
  const client = trader.clientOf(keyOf(number), CAPITAL);
  const [first = 0, ...others] = prices;
  sandbox.setPrice('BTC', first);
  const protection = planProtection(plan, trade.size, trade.entryPrice);
  if (!protection.ok) throw new Error(protection.refusal.text);
  const children = protection.value.legs.map(({ leg, side: orderSide, size, triggerPrice, worstPrice }) => ({
    a: BTC,
    b: orderSide === 'buy',
    p: worstPrice,
    s: size,
    r: true,
    t: {
      trigger: {
        isMarket: true,
        triggerPx: triggerPrice,
        tpsl: leg === 'stop' ? ('sl' as const) : ('tp' as const),
      },
    },
  }));
  const entry = limit({ b: side === 'long', p: plan.worstPrice, s: trade.size });
  await statusesOf(client, [entry, ...children], 'normalTpsl');
  for (const price of others) sandbox.setPrice('BTC', price);
  const user = addressOf(number);
  const [fills, state] = [
    await client.info.userFills({ user }),
    await client.info.clearinghouseState({ user }),
  ];
  return { fills: fills.toSorted((one, other) => one.tid - other.tid), state };
}

const STOP = { stopLoss: { pct: 2 } };
const LADDER = {
  ...STOP,
  takeProfits: [
    { pct: 1, fraction: 0.5 },
    { pct: 2, fraction: 0.5 },
  ],
};

describe('a trade at the stand-in of the venue and its backtest on the prints that it saw', () => {
  test.each<[string, Case]>([
    [
      'a stop that is jumped over',
      { side: 'long', notionalUsd: '2000', barriers: STOP, prices: [100_000, 99_000, 97_500] },
    ],
    [
      'a stop of a short',
      { side: 'short', notionalUsd: '1234.5', barriers: STOP, prices: [64_321, 64_000, 65_700] },
    ],
    [
      'a ladder',
      {
        side: 'long',
        notionalUsd: '2000',
        barriers: LADDER,
        prices: [100_000, 100_500, 101_000, 101_500, 102_300],
      },
    ],
    [
      'a target, then the stop',
      { side: 'short', notionalUsd: '4000', barriers: LADDER, prices: [50_000, 49_400, 50_500, 51_200] },
    ],
  ])('%s: prices, sizes, fees and cents are those of the venue', async (name, each) => {
    const { trade, plan } = backtested(each);
    const { fills, state } = await traded(name.length, each, trade, plan);
    const [entry, ...exits] = fills;
    expect(entry).toMatchObject({ px: wire(trade.entryPrice), sz: wire(trade.size) });
    expect(exits.map(({ px, sz, fee }) => [px, sz, fee])).toEqual(
      trade.exits.map(({ price, size, feeUsd }) => [wire(price), wire(size), wire(feeUsd)]),
    );
    expect(sum(fills.map(({ fee }) => fee)).toFixed()).toBe(trade.feesUsd);
    expect(state.assetPositions).toEqual([]);
    expect(amount(state.marginSummary.accountValue).sub(CAPITAL).toFixed(2)).toBe(
      amount(trade.netUsd).toFixed(2),
    );
  });
});

/** Returns an amount as the venue writes it. */
const wire = (text: string): string => (text.includes('.') ? text : `${text}.0`);
