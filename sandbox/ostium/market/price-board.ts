import { formatUnits, parseUnits } from 'ethers';
import { MarketHours } from './market-hours.ts';
import type { HoursMode } from './market-hours.ts';
import { findPair, nameOf, PAIRS } from './pairs.ts';
import type { PairSpec } from './pairs.ts';
import { CommandError } from '../../errors.ts';

/** The oracle's price of a pair and the state of its market. Prices are integers scaled by 1e18. */
export interface Quote {
  readonly pair: PairSpec;
  readonly bid: bigint;
  readonly mid: bigint;
  readonly ask: bigint;
  readonly isMarketOpen: boolean;
  readonly isDayTradingClosed: boolean;
  /** Seconds until day trading opens or closes, -1 if it never does, by the market's hours. */
  readonly secondsToToggleDayTrading: number;
  /** Time of the price in epoch milliseconds. */
  readonly atMs: number;
}

interface Entry {
  bid: bigint;
  mid: bigint;
  ask: bigint;
  atMs: number;
  /** Set by a control command; it overrides the market's hours. */
  isMarketOpen?: boolean;
  isDayTradingClosed?: boolean;
}

const DECIMALS = 18;
const BPS_SCALE = 100_000n;

/** The prices of all pairs. The price service publishes them and the keeper settles at them. */
export class PriceBoard {
  readonly #entries = new Map<number, Entry>();
  readonly #hours: MarketHours;
  readonly #listeners = new Set<(pair: PairSpec) => void>();

  constructor(hours: HoursMode) {
    this.#hours = new MarketHours(hours);
    for (const pair of PAIRS) this.#entries.set(pair.index, quoteAround(pair, parsePrice(pair.basePx)));
  }

  /** Sets a price. `spread` is ask less bid in the unit of the price, by default the pair's own. Throws CommandError. */
  set(pair: PairSpec, mid: string | number, spread?: string | number): void {
    const quote = quoteAround(
      pair,
      parsePrice(mid),
      spread === undefined ? undefined : parsePrice(spread, true),
    );
    Object.assign(this.#entries.get(pair.index)!, quote);
    this.#tell(pair);
  }

  /** Opens or closes a market. With null its hours decide again. */
  setMarketOpen(pair: PairSpec, isOpen: boolean | null): void {
    this.#change(pair, 'isMarketOpen', isOpen);
  }

  setDayTradingClosed(pair: PairSpec, isClosed: boolean | null): void {
    this.#change(pair, 'isDayTradingClosed', isClosed);
  }

  quote(pair: PairSpec): Quote {
    const { bid, mid, ask, atMs, ...said } = this.#entries.get(pair.index)!;
    const now = new Date();
    const hours = this.#hours.at(pair, now);
    return {
      pair,
      bid,
      mid,
      ask,
      isMarketOpen: said.isMarketOpen ?? hours.isOpen,
      isDayTradingClosed: said.isDayTradingClosed ?? hours.isDayTradingClosed,
      secondsToToggleDayTrading: hours.secondsToToggleDayTrading,
      atMs: Math.max(atMs, now.getTime() - SILENCE_MS),
    };
  }

  hours(): MarketHours {
    return this.#hours;
  }

  onChange(listener: (pair: PairSpec) => void): void {
    this.#listeners.add(listener);
  }

  /** Middle prices by pair, for a state file. */
  middles(): Record<string, string> {
    return Object.fromEntries(
      PAIRS.map((pair) => [nameOf(pair), formatUnits(this.quote(pair).mid, DECIMALS)]),
    );
  }

  restore(middles: Readonly<Record<string, string>>): void {
    for (const [name, mid] of Object.entries(middles)) this.set(findPair(name), mid);
  }

  #change(pair: PairSpec, key: 'isMarketOpen' | 'isDayTradingClosed', value: boolean | null): void {
    const entry = this.#entries.get(pair.index)!;
    if (value === null) delete entry[key];
    else entry[key] = value;
    this.#tell(pair);
  }

  #tell(pair: PairSpec): void {
    for (const listener of this.#listeners) listener(pair);
  }
}

/** A price that does not change gets a new time about this often. */
const SILENCE_MS = 1_000;

function quoteAround(pair: PairSpec, mid: bigint, spread?: bigint): Omit<Entry, 'isMarketOpen'> {
  const half = spread === undefined ? (mid * parseUnits(pair.spreadBps, 1)) / BPS_SCALE / 2n : spread / 2n;
  return { bid: mid - half, mid, ask: mid + half, atMs: Date.now() };
}

/** Returns a decimal as integer scaled by 1e18. Throws CommandError if it is no decimal or not positive. */
export function parsePrice(value: string | number, isZeroAllowed = false): bigint {
  const text = String(value);
  if (!/^\d+(\.\d{1,18})?$/.test(text)) throw new CommandError(`not a price: ${text}`);
  const price = parseUnits(text, DECIMALS);
  if (price === 0n && !isZeroAllowed) throw new CommandError('a price must be above zero');
  return price;
}
