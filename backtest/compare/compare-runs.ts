import { amount, decimalString, sum, ZERO, type Amount, type DecimalString } from '#domain/money.ts';
import type { BacktestResult, ClosedTrade, OpenTrade, SettingValue, UntradedSignal } from '../result.ts';

/** Why a trade of one run is not that of the other. */
export const DIFFERENCES = ['entry', 'exit', 'size', 'costs', 'only_in_first', 'only_in_second'] as const;
export type Difference = (typeof DIFFERENCES)[number];

/** A trade that differs between two runs. */
export interface TradeDifference {
  signalId: string;
  symbol: string;
  side: string;
  what: Difference[];
  /** Net profit with what is open at its last price; null in a run without the trade. */
  firstUsd: DecimalString | null;
  secondUsd: DecimalString | null;
  /** Second - first; a missing trade counts as 0. */
  changeUsd: DecimalString;
  /** One sentence: what is different. */
  text: string;
}

/** Two runs held against each other, trade by trade. */
export interface RunComparison {
  first: RunSide;
  second: RunSide;
  /** Settings that differ, as `name: first -> second`. */
  settings: string[];
  /** Whether both read the same files. */
  isSameInput: boolean;
  equalTrades: number;
  /** The largest change first. */
  differences: TradeDifference[];
  /** Sum of the changes by what is different first in each trade; they add up to the change of the net profit. */
  byCause: { cause: Difference; trades: number; changeUsd: DecimalString }[];
  changeUsd: DecimalString;
}

export interface RunSide {
  id: string;
  name: string | null;
  trades: number;
  netUsd: DecimalString;
}

type AnyTrade = ClosedTrade | OpenTrade;

/** Returns what differs between two runs. Trades are the same when they come from one signal. */
export function compareRuns(first: BacktestResult, second: BacktestResult): RunComparison {
  const [ours, theirs] = [tradesBySignal(first), tradesBySignal(second)];
  const signals = new Set([...ours.keys(), ...theirs.keys()]);
  const untraded = { first: refusalsBySignal(first), second: refusalsBySignal(second) };
  const differences = [...signals].flatMap((signalId) => {
    const pair = { first: ours.get(signalId), second: theirs.get(signalId) };
    return differenceOf(signalId, pair, untraded) ?? [];
  });
  return {
    first: sideOf(first),
    second: sideOf(second),
    settings: settingChanges(first.run.settings, second.run.settings),
    isSameInput: inputsOf(first) === inputsOf(second),
    equalTrades: signals.size - differences.length,
    differences: differences.sort((a, b) => Math.abs(Number(b.changeUsd)) - Math.abs(Number(a.changeUsd))),
    byCause: causesOf(differences),
    changeUsd: total(differences),
  };
}

const tradesBySignal = ({ trades, open }: BacktestResult): Map<string, AnyTrade> =>
  new Map([...trades, ...open].map((trade) => [trade.signalId, trade]));

const refusalsBySignal = ({ refusals }: BacktestResult): Map<string, UntradedSignal> =>
  new Map(refusals.map((refusal) => [refusal.signalId, refusal]));

const sideOf = ({ run, trades, open }: BacktestResult): RunSide => ({
  id: run.id,
  name: run.name,
  trades: trades.length + open.length,
  netUsd: decimalString(sum([...trades, ...open].map(worthOf))),
});

const inputsOf = ({ run }: BacktestResult): string =>
  run.inputs
    .map(({ sha256 }) => sha256)
    .sort()
    .join();

const worthOf = (trade: AnyTrade): Amount =>
  'exitedAt' in trade ? amount(trade.netUsd) : amount(trade.netUsd).add(trade.unrealizedUsd);

interface Pair {
  first: AnyTrade | undefined;
  second: AnyTrade | undefined;
}

interface Untraded {
  first: ReadonlyMap<string, UntradedSignal>;
  second: ReadonlyMap<string, UntradedSignal>;
}

function differenceOf(signalId: string, { first, second }: Pair, untraded: Untraded): TradeDifference | null {
  const known = first ?? second;
  if (!known) return null;
  const { what, text } = first && second ? described(first, second) : missing(signalId, first, untraded);
  if (what.length === 0) return null;
  const [before, after] = [first ? worthOf(first) : null, second ? worthOf(second) : null];
  return {
    signalId,
    symbol: known.symbol,
    side: known.side,
    what,
    firstUsd: before && decimalString(before),
    secondUsd: after && decimalString(after),
    changeUsd: decimalString((after ?? ZERO).sub(before ?? ZERO)),
    text,
  };
}

function whatDiffers(
  first: AnyTrade,
  second: AnyTrade,
): Exclude<Difference, 'only_in_first' | 'only_in_second'>[] {
  const isEntry = first.enteredAt !== second.enteredAt || first.entryPrice !== second.entryPrice;
  const isSize = first.size !== second.size;
  const isExit = exitsText(first) !== exitsText(second);
  const isCosts = first.feesUsd !== second.feesUsd || first.fundingUsd !== second.fundingUsd;
  return [
    ...(isEntry ? (['entry'] as const) : []),
    ...(isExit ? (['exit'] as const) : []),
    ...(isSize ? (['size'] as const) : []),
    ...(isCosts && !isEntry && !isExit && !isSize ? (['costs'] as const) : []),
  ];
}

/** Returns when, why and at which prices a trade ended, in words. */
const exitsText = ({ exits }: AnyTrade): string =>
  exits.length === 0
    ? 'open'
    : exits
        .map(({ reason, t, price }) => `${reason.replaceAll('_', ' ')} at ${price}, ${time(t)}`)
        .join(' and ');

const time = (t: number): string => new Date(t).toISOString().slice(0, 19);

const SENTENCES: Record<'entry' | 'exit' | 'size' | 'costs', (first: AnyTrade, second: AnyTrade) => string> =
  {
    entry: (first, second) =>
      `entered at ${first.entryPrice}, ${time(first.enteredAt)} against ${second.entryPrice}, ${time(second.enteredAt)}`,
    exit: (first, second) => `ended by ${exitsText(first)} against ${exitsText(second)}`,
    size: (first, second) => `size ${first.size} against ${second.size}`,
    costs: (first, second) =>
      `fees ${first.feesUsd} against ${second.feesUsd}, funding ${first.fundingUsd} against ${second.fundingUsd}`,
  };

function described(first: AnyTrade, second: AnyTrade): Pick<TradeDifference, 'what' | 'text'> {
  const what = whatDiffers(first, second);
  return { what, text: what.map((difference) => SENTENCES[difference](first, second)).join('; ') };
}

function missing(
  signalId: string,
  first: AnyTrade | undefined,
  untraded: Untraded,
): Pick<TradeDifference, 'what' | 'text'> {
  const where = first ? 'second' : 'first';
  const reason = untraded[where].get(signalId);
  return {
    what: [first ? 'only_in_first' : 'only_in_second'],
    text: reason
      ? `not traded in the ${where} run: ${reason.text}`
      : `the ${where} run does not have the signal`,
  };
}

function causesOf(differences: readonly TradeDifference[]): RunComparison['byCause'] {
  const byCause = Map.groupBy(differences, ({ what }) => what[0] ?? 'costs');
  return DIFFERENCES.flatMap((cause) => {
    const trades = byCause.get(cause) ?? [];
    return trades.length === 0 ? [] : [{ cause, trades: trades.length, changeUsd: total(trades) }];
  });
}

const total = (differences: readonly TradeDifference[]): DecimalString =>
  decimalString(sum(differences.map(({ changeUsd }) => changeUsd)));

/** Returns the settings that differ, those of nested settings by the way to them: `costs.takerBps: 4.5 -> 2`. */
export function settingChanges(
  first: SettingValue,
  second: SettingValue,
  way: readonly string[] = [],
): string[] {
  if (JSON.stringify(first) === JSON.stringify(second)) return [];
  if (!isNested(first) || !isNested(second)) {
    return [`${way.join('.')}: ${JSON.stringify(first ?? null)} -> ${JSON.stringify(second ?? null)}`];
  }
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort();
  return names.flatMap((name) => settingChanges(first[name] ?? null, second[name] ?? null, [...way, name]));
}

const isNested = (value: SettingValue): value is { readonly [name: string]: SettingValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
