import type { MoneySums } from '#domain/metrics/performance.ts';
import { tradeNumbers, type TradeNumbers } from '#domain/metrics/trade-sums.ts';
import type { ClosedTrade } from '../result.ts';
import type { TradeColumns } from './columns.ts';
import { excursionsOf, type Excursions } from './excursions.ts';
import { moneyOf, tradeSumsOf } from './sums.ts';

interface GroupDefinition {
  title: string;
  keyOf: (trade: ClosedTrade) => string;
  /** Without an order of the keys, the group with the largest net profit comes first. */
  compare?: (a: string, b: string) => number;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const byWeekday = (a: string, b: string): number => WEEKDAYS.indexOf(a) - WEEKDAYS.indexOf(b);
const define = <Name extends string>(groups: Record<Name, GroupDefinition>) => groups;

/** By what closed trades are grouped; times are those of the entry, in UTC. */
export const GROUPS = define({
  source: { title: 'source', keyOf: ({ source }) => source ?? 'given as signals' },
  author: { title: 'author', keyOf: ({ author }) => author ?? 'unknown' },
  agent: { title: 'agent', keyOf: ({ agent }) => agent },
  instrument: { title: 'instrument', keyOf: ({ symbol }) => symbol },
  side: { title: 'side', keyOf: ({ side }) => side, compare: byText },
  exitReason: { title: 'exit reason', keyOf: ({ exitReason }) => exitReason.replaceAll('_', ' ') },
  venue: { title: 'venue', keyOf: ({ venue }) => venue },
  month: { title: 'month of entry', keyOf: ({ enteredAt }) => isoTime(enteredAt, 0, 7), compare: byText },
  weekday: { title: 'weekday of entry', keyOf: ({ enteredAt }) => weekdayOf(enteredAt), compare: byWeekday },
  hour: {
    title: 'hour of entry',
    keyOf: ({ enteredAt }) => `${isoTime(enteredAt, 11, 13)}:00`,
    compare: byText,
  },
});

export type GroupName = keyof typeof GROUPS;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const GROUP_NAMES = Object.keys(GROUPS) as GroupName[];

/** The numbers of a group of closed trades. */
export interface Group extends MoneySums, Omit<TradeNumbers, 'unprotectedMs'>, Excursions {
  key: string;
}

/** Returns closed trades in groups; no trades are no groups. `columns` are those of the trades. */
export function groupTrades(trades: readonly ClosedTrade[], columns: TradeColumns, name: GroupName): Group[] {
  const { keyOf, compare } = GROUPS[name];
  const rows = new Map<string, number[]>();
  for (const [row, trade] of trades.entries()) {
    const key = keyOf(trade);
    const group = rows.get(key);
    if (group) group.push(row);
    else rows.set(key, [row]);
  }
  const groups = [...rows].map(([key, members]) => groupOf(key, columns, members));
  return groups.sort((a, b) => compare?.(a.key, b.key) ?? Number(b.netUsd) - Number(a.netUsd));
}

function groupOf(key: string, columns: TradeColumns, rows: readonly number[]): Group {
  const { unprotectedMs: _, ...numbers } = tradeNumbers(tradeSumsOf(columns, rows));
  return { key, ...moneyOf(columns, rows), ...numbers, ...excursionsOf(columns, rows) };
}

const isoTime = (t: number, from: number, to: number): string => new Date(t).toISOString().slice(from, to);

const weekdayOf = (t: number): string => WEEKDAYS[(new Date(t).getUTCDay() + 6) % 7] ?? '';
