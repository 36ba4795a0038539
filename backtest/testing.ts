import { EXIT_REASONS, type Barriers, type ExitReason } from '#domain/barriers.ts';
import { direction, SIDES, VENUES, type Side } from '#domain/ids.ts';
import { DAY_MS, HOUR_MS } from '#domain/metrics/windows.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { refusal } from '#domain/reasons.ts';
import { createRandom, randomIndex, type Random } from './random.ts';
import type {
  BacktestResult,
  ClosedTrade,
  DataFinding,
  EquityPoint,
  InstrumentPrices,
  OpenTrade,
  UntradedSignal,
} from './result.ts';

/** The first moment of a sample: a Monday, 00:00 UTC. */
export const SAMPLE_START = Date.UTC(2022, 0, 3);
const FEE_BPS = 4.5;
const MARKETS = ['BTC', 'ETH', 'SOL', 'xyz:TSLA', '=cmd|"<b>'];
const SOURCES = ['x:CryptoCapo', 'x:<script>alert(1)</script>', 'telegram:signals', null];
const REASONS: readonly ExitReason[] = EXIT_REASONS.slice(0, 5);

export interface SampleOptions {
  trades: number;
  seed?: number;
  /** Mean profit of a trade in percent of its entry. */
  edgePct?: number;
}

/** Returns a made-up result of a run whose amounts agree with each other to the last digit. */
export function sampleResult({ trades: count, seed = 1, edgePct = 0.2 }: SampleOptions): BacktestResult {
  const random = createRandom(seed);
  const capital = 10_000;
  const trades = Array.from({ length: count }, (_, index) => sampleTrade(random, index, edgePct));
  trades.sort((a, b) => a.enteredAt - b.enteredAt);
  const to = trades.reduce((last, { exitedAt }) => Math.max(last, exitedAt), SAMPLE_START + DAY_MS);
  const open = count === 0 ? [] : [sampleOpen(random, to)];
  const period = { from: SAMPLE_START, to };
  const net = decimalString(
    trades.reduce((total, { netUsd }) => total.add(netUsd), amount(open[0]?.netUsd ?? '0')),
  );
  const equity = equityOf(capital, trades, open, to);
  const equityUsd = String(equity.at(-1)?.equityUsd ?? capital);
  return {
    run: {
      id: 'b7a1f0c2d3e4',
      name: 'sample',
      engineVersion: '1',
      inputs: [
        { kind: 'signals', name: 'posts.jsonl', sha256: 'a'.repeat(64), rows: count + 2, bytes: 123_456 },
        { kind: 'prices', name: 'BTC-1m.csv', sha256: 'b'.repeat(64), rows: 45_031, bytes: 2_900_000 },
      ],
      settings: { capitalUsd: '10000', feeBps: FEE_BPS, latencyMs: 250, path: 'worst', seed },
      ranAt: SAMPLE_START + 400 * DAY_MS,
      tookMs: 812,
    },
    period,
    capitalUsd: String(capital),
    path: 'worst',
    trades,
    open,
    refusals: count === 0 ? [] : sampleRefusals(),
    equity,
    bounds: {
      worst: { trades: count, netUsd: net, equityUsd },
      best: { trades: count, netUsd: decimalString(amount(net).sub(25)), equityUsd },
    },
    instruments: MARKETS.slice(0, 3).map((symbol, index) => samplePrices(random, symbol, index, to)),
    findings: count === 0 ? [] : FINDINGS,
  };
}

function sampleTrade(random: Random, index: number, edgePct: number): ClosedTrade {
  const side = SIDES[randomIndex(random, 2)] ?? 'long';
  const entryPrice = decimalString(amount((100 + random() * 900).toFixed(2)));
  const movePct = edgePct + (random() + random() + random() - 1.5) * 4;
  const exitPrice = decimalString(
    amount(entryPrice)
      .mul(1 + (movePct / 100) * direction(side))
      .toDecimalPlaces(3),
  );
  const size = decimalString(amount((1000 / Number(entryPrice)).toFixed(4)));
  const enteredAt = SAMPLE_START + Math.floor(random() * Math.max(1, index + 30) * HOUR_MS * 3);
  const exitedAt = enteredAt + 60_000 * (1 + randomIndex(random, 1_400));
  const exitReason = REASONS[randomIndex(random, REASONS.length)] ?? 'stop_loss';
  const source = SOURCES[randomIndex(random, SOURCES.length)] ?? null;
  const dependsOnOrder = random() < 0.08;
  const fees = [entryPrice, exitPrice].map((price) => feeOf(price, size));
  const pnl = fillsPnl(
    side,
    [{ price: entryPrice, size, feeUsd: fees[0] ?? '0' }],
    [{ price: exitPrice, size, feeUsd: fees[1] ?? '0' }],
    '-0.01',
  );
  const end = { reason: exitReason, t: exitedAt, price: exitPrice };
  return {
    ...sampleCall(random, index, side, source),
    postedAt: enteredAt - 900,
    decidedAt: enteredAt - 250,
    enteredAt,
    callPrice: index % 3 === 0 ? null : entryPrice,
    decisionPrice: entryPrice,
    entryPrice,
    size,
    exits: [{ ...end, size, feeUsd: fees[1] ?? '0' }],
    exitedAt,
    exitReason,
    exitPrice,
    grossUsd: pnl.grossUsd,
    feesUsd: pnl.feesUsd,
    fundingUsd: pnl.fundingUsd,
    netUsd: pnl.netUsd,
    slippageUsd: '0.12',
    mfePct: Math.max(0, movePct) + random(),
    maePct: Math.max(0, -movePct) + random(),
    r: Number(pnl.netUsd) / 50,
    dependsOnOrder,
    bounds: dependsOnOrder
      ? {
          worst: { ...end, netUsd: pnl.netUsd },
          best: { ...end, netUsd: decimalString(amount(pnl.netUsd).sub(3)) },
        }
      : null,
  };
}

const BARRIERS: Barriers = {
  stopLoss: { pct: 5 },
  takeProfits: [{ pct: 3, fraction: 1 }],
  trailing: [{ activatesAtPct: 1, distancePct: 1 }],
  timeLimitMs: DAY_MS,
};

const sampleCall = (random: Random, index: number, side: Side, source: string | null) => ({
  id: `trade-${index}`,
  signalId: `signal-${index}`,
  postId: source === null ? null : `post-${index}`,
  source,
  author: source?.split(':')[1] ?? null,
  agent: index % 4 === 0 ? 'second agent' : 'first agent',
  symbol: MARKETS[randomIndex(random, MARKETS.length)] ?? 'BTC',
  venue: VENUES[index % 5 === 0 ? 1 : 0],
  side,
  leverage: 1,
  barriers: BARRIERS,
  firstStop: '90',
  stopMoves: [],
});

const feeOf = (price: DecimalString, size: DecimalString): DecimalString =>
  decimalString(amount(price).mul(size).mul(FEE_BPS).div(10_000).toDecimalPlaces(8));

function sampleOpen(random: Random, to: number): OpenTrade {
  const {
    exitedAt: _t,
    exitReason: _reason,
    exitPrice: _price,
    r: _r,
    dependsOnOrder: _depends,
    bounds: _bounds,
    ...trade
  } = sampleTrade(random, 9_999, 0);
  const entryFee = feeOf(trade.entryPrice, trade.size);
  const markPrice = decimalString(amount(trade.entryPrice).mul('1.01'));
  return {
    ...trade,
    enteredAt: to - HOUR_MS,
    exits: [],
    grossUsd: '0',
    feesUsd: entryFee,
    fundingUsd: '0',
    netUsd: decimalString(amount(entryFee).neg()),
    openSize: trade.size,
    markPrice,
    markedAt: to,
    unrealizedUsd: decimalString(
      amount(markPrice).sub(trade.entryPrice).mul(trade.size).mul(direction(trade.side)),
    ),
    stop: '95',
  };
}

/** Returns points whose cash changes when a trade is entered (its entry fee) and when it is closed. */
function equityOf(
  capital: number,
  trades: readonly ClosedTrade[],
  open: readonly OpenTrade[],
  to: number,
): EquityPoint[] {
  const changes = [...trades, ...open]
    .flatMap((trade) => {
      const exitFee = Number(trade.exits[0]?.feeUsd ?? 0);
      const entryFee = Number(trade.feesUsd) - exitFee;
      const entry = { t: trade.enteredAt, cash: -entryFee, open: 1, marked: 0 };
      if (!('exitedAt' in trade)) return [{ ...entry, marked: Number(trade.unrealizedUsd) }];
      return [entry, { t: trade.exitedAt, cash: Number(trade.netUsd) + entryFee, open: -1, marked: 0 }];
    })
    .sort((a, b) => a.t - b.t);
  let [cash, openTrades, marked, next] = [capital, 0, 0, 0];
  const points: EquityPoint[] = [
    { t: SAMPLE_START, cashUsd: capital, equityUsd: capital, openTrades: 0, exposureUsd: 0 },
  ];
  for (let t = SAMPLE_START + HOUR_MS; points.at(-1)?.t !== to; t += HOUR_MS) {
    for (let change = changes[next]; change && change.t <= Math.min(t, to); change = changes[next]) {
      cash += change.cash;
      openTrades += change.open;
      marked += change.marked;
      next += 1;
    }
    points.push({
      t: Math.min(t, to),
      cashUsd: cash,
      equityUsd: cash + marked,
      openTrades,
      exposureUsd: openTrades * 1000,
    });
  }
  return points;
}

function samplePrices(random: Random, symbol: string, index: number, to: number): InstrumentPrices {
  let price = 100 * (index + 1);
  const days: InstrumentPrices['days'] = [];
  for (let t = SAMPLE_START + DAY_MS; t < to; t += DAY_MS)
    days.push({ t, price: (price *= 1 + (random() - 0.49) / 20) });
  const first = { t: SAMPLE_START, price: 100 * (index + 1) };
  return {
    symbol,
    venue: 'hyperliquid',
    intervalMs: 60_000,
    candles: 45_031,
    first,
    last: { t: to, price },
    days,
    signals: 10,
  };
}

const sampleRefusals = (): UntradedSignal[] =>
  (['instrument_busy', 'instrument_busy', 'stale', 'too_small'] as const).map((code, index) => ({
    signalId: `refused-${index}`,
    postId: `post-r${index}`,
    source: 'x:CryptoCapo',
    author: 'CryptoCapo',
    agent: 'first agent',
    symbol: 'BTC',
    side: 'long',
    venue: null,
    postedAt: SAMPLE_START + index * HOUR_MS,
    code,
    text: refusal(code).text,
  }));

const FINDINGS: DataFinding[] = [
  {
    kind: 'gap',
    level: 'warning',
    file: 'BTC-1m.csv',
    line: 4312,
    symbol: 'BTC',
    count: 2,
    from: SAMPLE_START + DAY_MS,
    to: SAMPLE_START + DAY_MS + 7 * 60_000,
    text: '2 gaps, the longest of 7 minutes.',
  },
];
