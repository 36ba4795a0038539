import type { Barriers } from '#domain/barriers.ts';
import type { VenueName } from '#domain/ids.ts';
import { createRandom, type Random } from './random.ts';

/** Coins and pairs that are traded, none at both venues; an owner's wallet trades each once. */
export const COINS = ['BTC', 'ETH', 'SOL', 'AVAX', 'LINK', 'DOGE', 'XRP', 'SUI', 'BNB', 'ARB'] as const;
export const PAIRS = ['EUR-USD', 'GBP-USD', 'USD-JPY', 'XAU-USD', 'XAG-USD', 'CL-USD', 'NVDA-USD'] as const;
const PER_OWNER = 5;

/** A trade that is asked for, and what its owner does about it by hand. */
export interface PlannedTrade {
  readonly atMs: number;
  readonly owner: number;
  readonly venue: VenueName;
  /** Coin or pair by the venue's own name. */
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly notionalUsd: string;
  readonly barriers: Barriers;
  readonly acts: readonly PlannedAct[];
}

/** Something that a person does, so long after the trade was asked for. */
export interface PlannedAct {
  readonly afterMs: number;
  readonly kind:
    | 'close'
    | 'adjust'
    | 'pause'
    | 'resume'
    /** The owner trades there himself: he adds to the position and takes his part back, or closes some by hand. */
    | 'ownerAdds'
    | 'ownerTakesBack'
    | 'ownerCloses'
    /** The venue takes a part of the position away and gives it to nobody of ours. */
    | 'venueTakes';
  /** Part of the trade's size, or for an adjust the stop's distance in percent. */
  readonly amount: number;
}

export type Disturbance =
  | { readonly kind: 'crash'; readonly step: string }
  | { readonly kind: 'kill' }
  /** An owner's money is gone for `ms`, and the venue liquidates what he holds at the next price. */
  | { readonly kind: 'liquidation'; readonly owner: number; readonly ms: number }
  | { readonly kind: 'hyperliquid'; readonly fault: HyperliquidTrouble; readonly ms: number }
  | { readonly kind: 'ostium'; readonly fault: OstiumTrouble; readonly ms: number };

export const HYPERLIQUID_TROUBLES = [
  'loseOrder',
  'loseOrderAnswer',
  'loseModifyAnswer',
  'loseCancelAnswer',
  'lateOrders',
  'lateReads',
  'partialFill',
  'tooMany',
  'serverErrors',
  'readErrors',
  'staleFills',
  'stalePositions',
  'staleOpenOrders',
  'staleStatus',
  'noStatus',
  'postOnly',
  'reduceOnlyMinimum',
  'dropSockets',
  'freezeStreams',
  'payFunding',
] as const;
export type HyperliquidTrouble = (typeof HYPERLIQUID_TROUBLES)[number];

export const OSTIUM_TROUBLES = [
  'loseSend',
  'loseSendAnswer',
  'noReceipt',
  'rpcErrors',
  'rpcLate',
  'keeperSlow',
  'pricesStale',
  'graphDown',
  'reorganise',
  'dropBlock',
] as const;
export type OstiumTrouble = (typeof OSTIUM_TROUBLES)[number];

/** Steps at which workers are killed: each leg's, those of moves, cancels and adjustments, and the exit's claim. */
export const STEPS = [
  ...['entry', 'stop', 'take_profit', 'exit'].flatMap((leg) =>
    ['before_send', 'after_send', 'after_store'].map((moment) => `${leg}.${moment}`),
  ),
  ...['stop', 'take_profit'].flatMap((leg) =>
    ['before_move', 'after_move', 'after_move_store'].map((moment) => `${leg}.${moment}`),
  ),
  ...['before_send', 'after_send', 'after_store'].map((moment) => `cancel.${moment}`),
  ...['after_begin', 'after_stop', 'after_save'].map((moment) => `adjust.${moment}`),
  'entry.after_open',
  'exit.after_claim',
  'exit.flat',
];

export interface Plan {
  readonly seed: number;
  /** How many workers run at once. */
  readonly workers: number;
  readonly owners: number;
  readonly trades: readonly PlannedTrade[];
  readonly disturbances: readonly (Disturbance & { readonly atMs: number })[];
  /** When nothing is disturbed any longer. */
  readonly quietAtMs: number;
}

const PER_TRADE_MS = 700;
/** How long things go wrong after the last trade was asked for. */
const AFTERMATH_MS = 14_000;
const MEAN_PAUSE_MS = 1_100;

/** Returns what one run does, the same for the same seed. Throws RangeError where there are no trades. */
export function makePlan(seed: number, trades: number): Plan {
  if (trades < 1) throw new RangeError('a run has at least one trade');
  const random = createRandom(seed);
  const owners = Math.ceil(trades / (2 * PER_OWNER));
  const workers = random.pick([1, 2]);
  const quietAtMs = trades * PER_TRADE_MS + AFTERMATH_MS;
  return {
    seed,
    workers,
    owners,
    trades: planTrades(random, trades, owners),
    disturbances: [...planDisturbances(random, quietAtMs, owners)],
    quietAtMs,
  };
}

function planTrades(random: Random, count: number, owners: number): PlannedTrade[] {
  const places = Array.from({ length: owners }, (_, owner) => [
    ...some(random, COINS).map((market) => ({ owner, venue: 'hyperliquid' as const, market })),
    ...some(random, PAIRS).map((market) => ({ owner, venue: 'ostium' as const, market })),
  ]).flat();
  return shuffled(random, places)
    .slice(0, count)
    .map((place, i) => planTrade(random, { ...place, atMs: i * PER_TRADE_MS }))
    .sort((a, b) => a.atMs - b.atMs);
}

const some = (random: Random, markets: readonly string[]): string[] =>
  shuffled(random, markets).slice(0, PER_OWNER);

function shuffled<Value>(random: Random, values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

function planTrade(
  random: Random,
  place: Pick<PlannedTrade, 'atMs' | 'owner' | 'venue' | 'market'>,
): PlannedTrade {
  return {
    ...place,
    side: random.pick(['long', 'short'] as const),
    notionalUsd: String(random.whole(150, 700)),
    barriers: planBarriers(random),
    acts: planActs(random, place.venue),
  };
}

function planBarriers(random: Random): Barriers {
  const ladder = random.chance(0.3);
  const target = random.between(0.8, 2.5);
  return {
    stopLoss: { pct: rounded(random.between(1, 3)) },
    ...(ladder
      ? {
          takeProfits: [
            { pct: rounded(target * 0.6), fraction: 0.5 },
            { pct: rounded(target * 1.5), fraction: 0.5 },
          ],
          breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
        }
      : random.chance(0.5) && { takeProfits: [{ pct: rounded(target), fraction: 1 }] }),
    ...(random.chance(0.6) && {
      trailing: [
        { activatesAtPct: rounded(random.between(0, 0.6)), distancePct: rounded(random.between(0.5, 1.2)) },
      ],
    }),
    ...(random.chance(0.25) && { timeLimitMs: random.whole(4_000, 15_000) }),
  };
}

function planActs(random: Random, venue: VenueName): PlannedAct[] {
  const afterMs = random.between(600, 9_000);
  const later = afterMs + random.between(800, 4_000);
  const dice = random.next();
  const amount = rounded(random.between(0.3, 1));
  if (dice < 0.22) return [{ afterMs, kind: 'close', amount }];
  if (dice < 0.4) return [{ afterMs, kind: 'adjust', amount: rounded(random.between(0.6, 4)) }];
  if (dice < 0.52)
    return [
      { afterMs, kind: 'pause', amount },
      { afterMs: later, kind: 'resume', amount },
    ];
  if (dice < 0.66)
    return [
      { afterMs, kind: 'ownerAdds', amount },
      { afterMs: later, kind: 'ownerTakesBack', amount },
    ];
  if (dice < 0.76) return [{ afterMs, kind: 'ownerCloses', amount }];
  if (dice < 0.82 && venue === 'hyperliquid') return [{ afterMs, kind: 'venueTakes', amount }];
  return [];
}

function* planDisturbances(
  random: Random,
  untilMs: number,
  owners: number,
): Generator<Disturbance & { atMs: number }> {
  for (let atMs = 1_500; atMs < untilMs; atMs += random.between(0.4, 1.6) * MEAN_PAUSE_MS) {
    const dice = random.next();
    const ms = Math.round(random.between(300, 3_000));
    if (dice < 0.2) yield { atMs, kind: 'crash', step: random.pick(STEPS) };
    else if (dice < 0.24) yield { atMs, kind: 'kill' };
    else if (dice < 0.255) yield { atMs, kind: 'liquidation', owner: random.whole(0, owners - 1), ms };
    else if (dice < 0.68) yield { atMs, kind: 'hyperliquid', fault: random.pick(HYPERLIQUID_TROUBLES), ms };
    else yield { atMs, kind: 'ostium', fault: random.pick(OSTIUM_TROUBLES), ms };
  }
}

const rounded = (value: number): number => Number(value.toFixed(2));
