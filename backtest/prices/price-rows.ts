import type { Symbol } from '#domain/ids.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import { InputError } from '#terminal/input-error.ts';
import type { DataFinding } from '../result.ts';
import { PriceColumns, type PriceSeries } from './price-series.ts';
import type { TimeUnit } from './read-cells.ts';

/** Something that was found in rows again and again. */
interface Repeated {
  count: number;
  line: number;
  from: number;
  to: number;
}

const nothing = (): Repeated => ({ count: 0, line: 0, from: 0, to: 0 });

/** A run holds at most this many rows of one instrument in memory, 41 bytes each. */
const MAX_ROWS = 40_000_000;

/** Steps between candles that are looked at to tell how long one is. */
const STEPS_LOOKED_AT = 2_000;

/**
 * Rows of prices of one file as they are read, checked one by one: what cannot be meant is refused with its line, what
 * may change a result is counted for the report.
 */
export class PriceRows {
  readonly columns = new PriceColumns();
  private readonly file: string;
  private readonly symbol: Symbol;
  private kind: 'candles' | 'prints' = 'candles';
  private unit: TimeUnit | null = null;
  private units = nothing();
  private unitNames = new Set<TimeUnit>();
  private repeated = nothing();
  private contradicting = nothing();
  private hasSteady = false;
  private lastSymbol = '';
  private readonly keepFrom: number;

  /** Rows before `keepFrom` (epoch ms) are checked and let go, but for the last of them. */
  constructor(file: string, symbol: Symbol, keepFrom: number) {
    this.file = file;
    this.symbol = symbol;
    this.keepFrom = keepFrom;
  }

  begin(kind: 'candles' | 'prints'): void {
    this.kind = kind;
  }

  isEmpty(): boolean {
    return this.columns.length === 0;
  }

  noteUnit(unit: TimeUnit, line: number): void {
    if (unit === this.unit) return;
    this.unitNames.add(unit);
    if (this.unit !== null) count(this.units, line, this.columns.times[this.columns.length - 1]!);
    this.unit = unit;
  }

  /** Returns why a row of this symbol does not belong here; null where it does. */
  refuseSymbol(text: string): string | null {
    if (text === this.lastSymbol) return null;
    const read = normaliseSymbol(text);
    if (!read.ok || read.value !== this.symbol)
      return `is "${text.slice(0, 40)}"; the prices were given for ${this.symbol}`;
    this.lastSymbol = text;
    return null;
  }

  append(line: number, t: number, open: number, high: number, low: number, close: number): void {
    if (high < low) throw this.problem(line, 'high', 'is below the low');
    if (high < open || high < close) throw this.problem(line, 'high', 'is not the highest price');
    if (low > open || low > close) throw this.problem(line, 'low', 'is not the lowest price');
    const { columns } = this;
    const last = columns.length - 1;
    if (last >= 0 && t <= columns.times[last]! && !this.isWelcome(line, t, open, high, low, close)) return;
    if (last === MAX_ROWS) throw this.problem(line, 'rows', `are more than ${MAX_ROWS} since the first post`);
    if (t < this.keepFrom) columns.length = 0;
    columns.append(t, open, high, low, close);
  }

  /** Returns whether a row that is not later than the one before is kept: prints of one moment are. */
  private isWelcome(
    line: number,
    t: number,
    open: number,
    high: number,
    low: number,
    close: number,
  ): boolean {
    const { columns } = this;
    const last = columns.length - 1;
    if (t < columns.times[last]!) throw this.problem(line, 'time', this.lateText(t, columns.times[last]!));
    if (this.kind === 'prints') return true;
    const isSame =
      open === columns.open[last] &&
      high === columns.high[last] &&
      low === columns.low[last] &&
      close === columns.close[last];
    count(isSame ? this.repeated : this.contradicting, line, t);
    return false;
  }

  private lateText(t: number, before: number): string {
    const units = this.unitNames.size > 1 ? `; units are mixed: ${[...this.unitNames].join(', ')}` : '';
    return `is ${iso(t)}, earlier than the row before, ${iso(before)}${units}`;
  }

  markJump(isJump: boolean): void {
    this.columns.jumps[this.columns.length - 1] = isJump ? 1 : 0;
    if (!isJump) this.hasSteady = true;
  }

  series(): PriceSeries {
    const { columns, symbol, hasSteady } = this;
    const { length, times, open, high, low, close, jumps } = columns;
    const intervalMs = this.kind === 'candles' ? intervalOf(times, length) : null;
    return { symbol, length, times, open, high, low, close, intervalMs, jumps: hasSteady ? jumps : null };
  }

  findings(): DataFinding[] {
    const { unitNames, symbol, file } = this;
    const names = [...unitNames].join(' and ');
    const found: [DataFinding['kind'], DataFinding['level'], Repeated, (times: string) => string][] = [
      ['mixed_units', 'warning', this.units, (times) => `times change their unit (${names}) ${times}`],
      ['duplicate', 'note', this.repeated, (times) => `a candle stands there again ${times}; one was used`],
      [
        'duplicate',
        'warning',
        this.contradicting,
        (times) => `two candles of one time differ ${times}; the first was used`,
      ],
    ];
    return found
      .filter(([, , { count: times }]) => times > 0)
      .map(([kind, level, { count: times, line, from, to }, text]) => ({
        kind,
        level,
        file,
        line,
        symbol,
        count: times,
        from,
        to,
        text: text(times === 1 ? 'once' : `${times} times`),
      }));
  }

  private problem(line: number, field: string, problem: string): InputError {
    return new InputError(this.file, line, field, problem);
  }
}

function count(repeated: Repeated, line: number, t: number): void {
  if (repeated.count === 0) Object.assign(repeated, { line, from: t });
  repeated.count += 1;
  repeated.to = t;
}

/** Returns the step between candles that is the most frequent; a minute for a single candle. */
export function intervalOf(times: Float64Array, length: number): number {
  const steps = new Map<number, number>();
  for (let at = 1; at < Math.min(length, STEPS_LOOKED_AT); at++) {
    const step = times[at]! - times[at - 1]!;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const [most] = [...steps].toSorted(([, one], [, other]) => other - one);
  return most?.[0] ?? 60_000;
}

const iso = (t: number): string => (t < 8.64e15 ? new Date(t).toISOString() : String(t));
