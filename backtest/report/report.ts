import type { CandlePath } from '#domain/candles.ts';
import type { DecimalString } from '#domain/money.ts';
import { seedOf } from '../random.ts';
import type { BacktestResult, ClosedTrade, DataFinding, OpenTrade, RunIdentity } from '../result.ts';
import { holdingResult, randomResult } from './benchmarks.ts';
import type { HoldingResult, RandomResult, RunEntries } from './benchmarks.ts';
import { bootstrap, type BootstrapResult } from './bootstrap.ts';
import { orderDependence, type OrderDependence } from './bounds.ts';
import { readColumns } from './columns.ts';
import { costRows, type CostRow } from './costs.ts';
import { curveOf, type CurvePoint } from './curve.ts';
import { distributionOf, type DistributionPart } from './distribution.ts';
import { GROUP_NAMES, groupTrades, type Group, type GroupName } from './groups.ts';
import { refusalRows, type RefusalRow } from './refusals.ts';
import { totalsOf, type Totals } from './totals.ts';
import { unknownsOf } from './unknowns.ts';
import { warningsOf } from './warnings.ts';

/** Everything that is shown of a run; plain JSON. */
export interface Report {
  run: RunIdentity;
  period: { from: number; to: number };
  capitalUsd: DecimalString;
  path: CandlePath;
  /** Why the numbers may mislead, the gravest first. */
  warnings: string[];
  totals: Totals;
  order: OrderDependence;
  /** With 95 %; null with fewer than two closed trades. */
  interval: BootstrapResult | null;
  costs: CostRow[];
  holding: HoldingResult | null;
  /** Null where it was not asked for. */
  random: RandomResult | null;
  groups: Record<GroupName, Group[]>;
  /** Open at the end. */
  open: OpenTrade[];
  untraded: { signals: number; reasons: RefusalRow[] };
  curve: CurvePoint[];
  /** Closed trades by their net profit in percent of the entry value. */
  distribution: DistributionPart[];
  /** Closed trades, the first ones of a long run; exports have all. */
  trades: ClosedTrade[];
  findings: DataFinding[];
  /** What no run can know. */
  unknowns: string[];
}

export interface ReportOptions {
  /** Of everything that is drawn at random. */
  seed: number;
  /** Runs the entries at random moments; without it, there is no such benchmark. */
  runEntries?: RunEntries;
}

/** A report lists at most so many trades. */
export const MOST_TRADES = 5_000;

/** Returns the report of a run. */
export function createReport(result: BacktestResult, { seed, runEntries }: ReportOptions): Report {
  const { run, period, capitalUsd, path, trades, open, refusals, findings } = result;
  const columns = readColumns(trades);
  const order = orderDependence(result);
  const interval = bootstrap(columns.netUsd, seedOf(seed, 'bootstrap'));
  const costs = costRows(columns);
  const random = runEntries ? randomResult(result, runEntries, seedOf(seed, 'random entries')) : null;
  return {
    run,
    period,
    capitalUsd,
    path,
    warnings: warningsOf({ result, order, interval, costs, random }),
    totals: totalsOf(result, columns),
    order,
    interval,
    costs,
    holding: holdingResult(result),
    random,
    groups: groupsOf((name) => groupTrades(trades, columns, name)),
    open,
    untraded: { signals: refusals.length, reasons: refusalRows(refusals) },
    curve: curveOf(result),
    distribution: distributionOf(columns.netPct),
    trades: trades.slice(0, MOST_TRADES),
    findings,
    unknowns: unknownsOf(result),
  };
}

const groupsOf = (read: (name: GroupName) => Group[]): Record<GroupName, Group[]> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an entry for each name
  Object.fromEntries(GROUP_NAMES.map((name) => [name, read(name)])) as Record<GroupName, Group[]>;
