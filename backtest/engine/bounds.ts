import type { Brake } from '#domain/brakes/brake.ts';
import type { EntryBounds, ExposureRoom } from '#domain/brakes/entry-bounds.ts';
import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import { judgeResults, type EndedTrade } from '#domain/brakes/judge-results.ts';
import type { Symbol } from '#domain/ids.ts';
import { Amount, amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { HeldAccount } from '#domain/size-entry.ts';

const MINUTE_MS = 60_000;
/** Ended trades that are remembered; limits look at 30 days at most. */
const MAX_ENDED = 20_000;

/** What the limits of a deployment have seen, and what they leave to an entry. */
export class Limits {
  private readonly limits: EntryLimits;
  private ended: EndedTrade[] = [];
  private entries: number[] = [];
  private brakes: Brake[] = [];

  constructor(limits: EntryLimits) {
    this.limits = limits;
  }

  areNone(): boolean {
    return Object.keys(this.limits).length === 0;
  }

  noteEntry(t: number): void {
    if (this.limits.maxEntriesPerMinute !== undefined) this.entries.push(t);
  }

  noteEnd(trade: EndedTrade): void {
    if (this.areNone()) return;
    this.ended.push(trade);
    if (this.ended.length > MAX_ENDED) this.ended = this.ended.slice(-MAX_ENDED / 2);
  }

  /** Returns what bounds an entry in an instrument at a moment. */
  at(t: number, symbol: Symbol, account: HeldAccount, openUsd: DecimalString): EntryBounds {
    if (this.areNone()) return {};
    this.setBrakes(t, openUsd);
    const { maxEntriesPerMinute } = this.limits;
    this.entries = this.entries.filter((entry) => entry > t - MINUTE_MS);
    const isFull = maxEntriesPerMinute !== undefined && this.entries.length >= maxEntriesPerMinute;
    const room = this.roomIn(symbol, account);
    return {
      brakes: this.brakes,
      ...(room && { room }),
      ...(isFull && {
        rate: {
          scope: 'deployment',
          limit: maxEntriesPerMinute,
          until: (this.entries[0] ?? t) + MINUTE_MS,
        },
      }),
    };
  }

  /** A limit of results that is reached brakes until its end; one that only a person ends brakes for the rest of the run. */
  private setBrakes(t: number, openUsd: DecimalString): void {
    this.brakes = this.brakes.filter(({ until }) => until === undefined || until > t);
    for (const { code, reason, until } of judgeResults(
      this.limits,
      { ended: this.ended, openUsd, released: {} },
      t,
    )) {
      if (this.brakes.some((brake) => brake.code === code)) continue;
      const end = until === null ? {} : { until };
      this.brakes.push({ id: code, scope: 'deployment', code, reason, setBy: 'limits', ...end });
    }
  }

  private roomIn(symbol: Symbol, { positions }: HeldAccount): ExposureRoom | null {
    const { maxGrossUsd, maxInstrumentUsd } = this.limits;
    const inAll = roomOf('exposure_reached', maxGrossUsd, positions);
    const own = positions.filter((position) => position.symbol === symbol);
    const inOne = roomOf('instrument_exposure_reached', maxInstrumentUsd, own);
    if (!inAll || !inOne) return inAll ?? inOne;
    return amount(inOne.leftUsd).lt(inAll.leftUsd) ? inOne : inAll;
  }
}

function roomOf(
  code: ExposureRoom['code'],
  limitUsd: DecimalString | undefined,
  positions: HeldAccount['positions'],
): ExposureRoom | null {
  if (limitUsd === undefined) return null;
  const held = sum(positions.map(({ valueUsd }) => valueUsd));
  const left = decimalString(Amount.max(amount(limitUsd).sub(held), 0));
  return { code, scope: 'deployment', limitUsd, heldUsd: decimalString(held), leftUsd: left };
}
