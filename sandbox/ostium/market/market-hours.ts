import type { GroupName, PairSpec } from './pairs.ts';

/** `always`: every market is always open. `venue`: hours by class of asset, in New York's time. */
export type HoursMode = 'always' | 'venue';

export interface MarketState {
  readonly isOpen: boolean;
  readonly isDayTradingClosed: boolean;
  /** Seconds until day trading opens or closes, -1 if it never does. */
  readonly secondsToToggleDayTrading: number;
  /** Seconds until the market opens or closes, -1 if it never does. */
  readonly secondsToToggle: number;
}

const MINUTES_PER_DAY = 1_440;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;
const TIMEZONE = 'America/New_York';
/** Day trades are closed this long before the market closes. */
const DAY_TRADE_MARGIN_MINUTES = 15;

/** Minutes of the week, from Sunday 00:00, from and to which a market is open. */
type Session = readonly [from: number, to: number];

const at = (day: number, hour: number, minute = 0): number => day * MINUTES_PER_DAY + hour * 60 + minute;
const weekdays = [1, 2, 3, 4, 5];

const SESSIONS: Record<GroupName, readonly Session[]> = {
  crypto: [[0, MINUTES_PER_WEEK]],
  forex: [[at(0, 17), at(5, 17)]],
  // Markets of metals and energy close for an hour each evening.
  commodities: [0, 1, 2, 3, 4].map((day) => [at(day, 18), at(day + 1, 17)]),
  stocks: weekdays.map((day) => [at(day, 9, 30), at(day, 16)]),
};

/** The hours of all markets. */
export class MarketHours {
  readonly #mode: HoursMode;

  constructor(mode: HoursMode) {
    this.#mode = mode;
  }

  at(pair: PairSpec, now: Date): MarketState {
    const sessions = this.#mode === 'always' ? SESSIONS.crypto : SESSIONS[pair.group];
    const minute = minuteOfWeek(now);
    const session = sessions.find(([from, to]) => minute >= from && minute < to);
    const edges = sessions.flat().filter((edge) => edge > 0 && edge < MINUTES_PER_WEEK);
    const hasDayTrades = pair.overnightMaxLeverage > 0 && edges.length > 0;
    const lastDayTrade = session ? session[1] - DAY_TRADE_MARGIN_MINUTES : 0;
    const dayEdges = hasDayTrades
      ? sessions.flatMap(([from, to]) => [from, to - DAY_TRADE_MARGIN_MINUTES])
      : [];
    return {
      isOpen: session !== undefined,
      isDayTradingClosed: hasDayTrades && minute >= lastDayTrade,
      secondsToToggleDayTrading: secondsToNext(dayEdges, minute),
      secondsToToggle: secondsToNext(edges, minute),
    };
  }

  /** Returns the answer of `trading-hours/asset-schedule`. */
  schedule(pair: PairSpec, now: Date, isOpenNow: boolean): object {
    const sessions = this.#mode === 'always' ? SESSIONS.crypto : SESSIONS[pair.group];
    return {
      isOpenNow,
      secondsToToggleMarketStatus: this.at(pair, now).secondsToToggle,
      timezone: TIMEZONE,
      openingHours: sessions.map(([from, to]) => ({ from: clockOf(from), to: clockOf(to) })),
    };
  }
}

function secondsToNext(edges: readonly number[], minute: number): number {
  if (edges.length === 0) return -1;
  const next = edges.find((edge) => edge > minute) ?? edges[0]! + MINUTES_PER_WEEK;
  return Math.round((next - minute) * 60);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const format = new Intl.DateTimeFormat('en-US', {
  timeZone: TIMEZONE,
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

function minuteOfWeek(now: Date): number {
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf(parts['weekday'] ?? '');
  return at(day, Number(parts['hour']), Number(parts['minute'])) + Number(parts['second']) / 60;
}

const two = (value: number): string => String(value).padStart(2, '0');

function clockOf(minute: number): string {
  const inDay = minute % MINUTES_PER_DAY;
  return `${DAYS[Math.floor(minute / MINUTES_PER_DAY) % 7]} ${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}
