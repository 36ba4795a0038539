import type { Barriers, Level } from '#domain/barriers.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { LevelRole, WrittenLevel } from '../levels/level.ts';
import type { WrittenNumber } from '../numbers.ts';
import { toLevel } from './exit-level.ts';
import { readWithMarket } from './in-market.ts';
import { targetsFrom } from './targets.ts';
import type { Context, Written } from './written.ts';

/** The entry and the exits that a post names for one trade. */
export interface Plan {
  entry: DecimalString | null;
  leverage: number | null;
  barriers: Barriers;
  /** The price has to reach the entry from this side first. */
  from: 'above' | 'below' | null;
  problem: Refusal | null;
}

const MAX_PCT = { stop: 99, trail: 50, activation: 1_000 };

/** Puts the written levels of one trade together: one reading of each number, percents and distances as they count. */
export function planFrom(written: Written): Plan {
  const levels = readWithMarket(written);
  const entries = levels.filter(({ role, number }) => role === 'entry' && number.unit === 'plain');
  const entry = entryOf(entries);
  const leverage = leverageOf(levels);
  const context = { ...written, levels, entry, leverage };
  const stop = stopFrom(context);
  return {
    entry,
    leverage,
    from: entries.find(({ from }) => from !== null)?.from ?? null,
    problem:
      stop === 'unreadable' || (stop === null && written.hasUnreadStop) ? refusal('stop_unreadable') : null,
    barriers: {
      ...(stop !== null && stop !== 'unreadable' ? { stopLoss: stop } : {}),
      ...targetsFrom(context, stop === 'unreadable' ? null : stop),
      ...trailFrom(levels),
      ...(written.breakEvens[0]
        ? { breakEven: { afterTakeProfit: written.breakEvens[0].afterTakeProfit } }
        : {}),
    },
  };
}

const numbersFor = (levels: readonly WrittenLevel[], role: LevelRole): WrittenNumber[] =>
  levels.filter((level) => level.role === role).map(({ number }) => number);

/** The price; the first of a list; the middle between the lowest and the highest of a zone. */
function entryOf(entries: readonly WrittenLevel[]): DecimalString | null {
  const [first] = entries;
  if (!first) return null;
  if (first.isListed) return first.number.value;
  const prices = entries.map(({ number }) => amount(number.value)).sort((a, b) => a.cmp(b));
  const [lowest, highest] = [prices[0], prices.at(-1)];
  return lowest && highest ? decimalString(lowest.add(highest).div(2)) : null;
}

/** The lowest leverage that is named: a range means up to. */
function leverageOf(levels: readonly WrittenLevel[]): number | null {
  const named = numbersFor(levels, 'leverage').map(({ value }) => Math.floor(Number(value)));
  return named.length === 0 ? null : Math.min(...named);
}

function stopFrom(context: Context): Level | 'unreadable' | null {
  const stop = context.levels.find(({ role }) => role === 'stop');
  if (!stop) return null;
  return toLevel(stop, { sign: -1, maxPct: MAX_PCT.stop }, context) ?? 'unreadable';
}

function trailFrom(levels: readonly WrittenLevel[]): Pick<Barriers, 'trailing'> {
  const [trail] = numbersFor(levels, 'trail');
  if (!trail || Number(trail.value) > MAX_PCT.trail) return {};
  const [activation] = numbersFor(levels, 'activation');
  const activatesAtPct = Math.min(Number(activation?.value ?? 0), MAX_PCT.activation);
  return { trailing: [{ activatesAtPct, distancePct: Number(trail.value) }] };
}
