import type { Barriers, ExitReason } from '#domain/barriers.ts';
import type { CandlePath } from '#domain/candles.ts';
import type { StopMove } from '#domain/exit-engine.ts';
import type { Side, Symbol, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { RefusalCode } from '#domain/reasons.ts';

/**
 * The result of a run, as the engine returns it, as it is kept and as reports are made of it: plain JSON. Times are
 * epoch ms (UTC). Prices, sizes and amounts of trades are exact decimal strings; points of curves and measures such as
 * percents are numbers. Funding is positive when received; fees, slippage and spread are positive when they cost.
 */
export interface BacktestResult {
  run: RunIdentity;
  /** From the first decision or price that counts to the last price; both included. */
  period: { from: number; to: number };
  capitalUsd: DecimalString;
  /** The path through candles that trades, equity and refusals were computed with. */
  path: CandlePath;
  /** Trades that closed whole, in the order of their entries; of one moment, in the order of the signals. */
  trades: ClosedTrade[];
  /** Trades that were open, in whole or in part, at the last price. */
  open: OpenTrade[];
  /** Signals that were not traded, in the order of their posts. */
  refusals: UntradedSignal[];
  /** In the order of time, the first with the capital alone; see {@link EquityPoint}. */
  equity: EquityPoint[];
  /** What the whole portfolio comes to under each reading of candles; null where only one was run. */
  bounds: Record<'worst' | 'best', PathBound> | null;
  /** The markets that signals named and prices were at hand for. */
  instruments: InstrumentPrices[];
  /** What the checks of inputs found, the gravest first. */
  findings: DataFinding[];
}

/** What makes a run the one that it is. `id` is a hash of `inputs`, `settings` and `engineVersion`. */
export interface RunIdentity {
  id: string;
  /** Chosen by a person; null for a run without a name. */
  name: string | null;
  engineVersion: string;
  inputs: RunInput[];
  /** Every setting of the run with its value, defaults included. */
  settings: RunSettings;
  ranAt: number;
  /** Wall time of reading, checking and running. */
  tookMs: number;
}

/** Settings are JSON, so that they can be hashed, kept and compared. */
export type RunSettings = { readonly [name: string]: SettingValue };
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue };

/** A file, or rows of the database, that a run read. */
export interface RunInput {
  kind: 'signals' | 'prices' | 'funding';
  /** A file's name without its folder, or what was asked of the database. */
  name: string;
  /** Of the bytes of the file, or of the rows as JSON. */
  sha256: string;
  rows: number;
  bytes: number;
}

/** What is known of a trade from its entry on. */
export interface EnteredTrade {
  /** Unique within the run, and equal in another run for the signal and deployment it belongs to. */
  id: string;
  signalId: string;
  /** The id of the post; null for a signal that was given as such. */
  postId: string | null;
  /** `x:handle`, or the name of a file; null for a signal that was given as such. */
  source: string | null;
  author: string | null;
  agent: string;
  symbol: Symbol;
  venue: VenueName;
  side: Side;
  /** When the post was made, and the price that it named. */
  postedAt: number;
  callPrice: DecimalString | null;
  /** When the entry was decided, and the newest price at that moment. */
  decidedAt: number;
  decisionPrice: DecimalString;
  enteredAt: number;
  /** With spread and slippage. */
  entryPrice: DecimalString;
  /** What was opened, in units of the instrument. */
  size: DecimalString;
  leverage: number;
  /** The exits that the trade was given. */
  barriers: Barriers;
  /** The stop right after the entry; null without one. */
  firstStop: DecimalString | null;
  /** Every move of the stop, oldest first; empty in runs of a search. */
  stopMoves: StopMove[];
  /** Parts that were closed, oldest first. */
  exits: TradeExit[];
  /** Of the exited parts, before fees and funding, as the fills say: spread and slippage are inside. */
  grossUsd: DecimalString;
  /** Of entry and exits. */
  feesUsd: DecimalString;
  fundingUsd: DecimalString;
  /** How much of `grossUsd` went to spread and slippage, of entry and exits. */
  slippageUsd: DecimalString;
  /** Gross - fees + funding. */
  netUsd: DecimalString;
  /** The furthest that prices went for the holder after the entry and up to the exit, in percent of the entry price, 0 or more. */
  mfePct: number;
  /** The furthest that prices went against the holder, in percent of the entry price, 0 or more. */
  maePct: number;
}

/** A part of a trade that was closed. */
export interface TradeExit {
  reason: ExitReason;
  t: number;
  /** With spread and slippage. */
  price: DecimalString;
  size: DecimalString;
  feeUsd: DecimalString;
}

export interface ClosedTrade extends EnteredTrade {
  /** Time and reason of the last part. */
  exitedAt: number;
  exitReason: ExitReason;
  /** Average of the parts, by size. */
  exitPrice: DecimalString;
  /** Net over what the trade would have lost at its first stop, before costs; null without a stop. */
  r: number | null;
  /** Whether reason, price, time or size of an exit differ between the readings of candles. */
  dependsOnOrder: boolean;
  /** How the trade ends with the adverse or the favourable extreme first; null where it does not depend on it. */
  bounds: Record<'worst' | 'best', BoundExit> | null;
}

/** The end of a trade under one reading of candles. */
export interface BoundExit {
  /** Null when the trade is still open at the last price. */
  reason: ExitReason | null;
  t: number;
  price: DecimalString;
  netUsd: DecimalString;
}

export interface OpenTrade extends EnteredTrade {
  /** What is still open, and the last price. */
  openSize: DecimalString;
  markPrice: DecimalString;
  markedAt: number;
  /** Of the open rest at the last price, before the fee of closing it. */
  unrealizedUsd: DecimalString;
  /** The stop at the end; null without one. */
  stop: DecimalString | null;
}

/** Why a backtest does not trade a signal that the system itself would not refuse. */
export const BACKTEST_REFUSALS = {
  no_prices: 'There are no prices of the instrument at that time.',
  prices_ended: 'The prices of the instrument end before the entry.',
  no_post_time: 'The post has no time.',
} as const satisfies Record<string, string>;
export type BacktestRefusalCode = RefusalCode | keyof typeof BACKTEST_REFUSALS;

/** A signal, or a post that made none, and why it was not traded. */
export interface UntradedSignal {
  signalId: string;
  postId: string | null;
  source: string | null;
  author: string | null;
  agent: string | null;
  symbol: Symbol | null;
  side: Side | null;
  venue: VenueName | null;
  postedAt: number | null;
  code: BacktestRefusalCode;
  /** One sentence with the particulars. */
  text: string;
}

/**
 * The account at a moment. There is a point at the start, one at each whole step of time (UTC; an hour, or 2, 4, 8, 12
 * or 24 in a run that would have more than 20,000), and one at the end.
 */
export interface EquityPoint {
  t: number;
  /** Capital with what closed parts and funding have brought, fees paid. */
  cashUsd: number;
  /** Cash with the open trades at their newest prices. */
  equityUsd: number;
  openTrades: number;
  /** Value of the open trades at their newest prices. */
  exposureUsd: number;
}

/** What a run comes to under one reading of candles, all trades in one portfolio. */
export interface PathBound {
  trades: number;
  netUsd: DecimalString;
  /** With the open trades at the last prices. */
  equityUsd: DecimalString;
}

/** The prices of one market within the period of the run. */
export interface InstrumentPrices {
  symbol: Symbol;
  venue: VenueName;
  /** Length of a candle; null for ticks. */
  intervalMs: number | null;
  candles: number;
  first: PricePoint;
  last: PricePoint;
  /** The last price of each day (UTC) that has one, oldest first. */
  days: PricePoint[];
  /** Signals that named it. */
  signals: number;
}

export interface PricePoint {
  t: number;
  price: number;
}

/** Kinds of what a check finds in inputs. */
export const FINDING_KINDS = [
  'gap',
  'duplicate',
  'out_of_order',
  'mixed_units',
  'time_zone',
  'high_below_low',
  'other_instrument',
  'missing_instrument',
  'coverage',
  'delisted',
  'edited_post',
  'deleted_post',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** What a check found; `warning` can change the result, `note` cannot. */
export interface DataFinding {
  kind: FindingKind;
  level: 'warning' | 'note';
  /** The file, and the first line it is about; null where it is about no file. */
  file: string | null;
  line: number | null;
  symbol: Symbol | null;
  /** How often it was found, and the time that it spans. */
  count: number;
  from: number | null;
  to: number | null;
  text: string;
}
