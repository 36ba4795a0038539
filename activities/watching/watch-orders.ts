import { setTimeout as delay } from 'node:timers/promises';
import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { revisionOf } from '#prisma/repositories/trade-record.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import type { TradeMessenger } from '../deps.ts';
import { closePosition, type CloseRequest, type KnownPosition } from '../execution/close-position.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { fireTarget } from '../execution/fire-target.ts';
import type { ExitSent } from '../execution/record-exit.ts';
import { trailStop } from '../execution/trail-stop.ts';
import { createListedInstruments } from './listed-instruments.ts';
import type { LiveWatch, Verdict } from './live-watch.ts';

/** The orders that a watcher sends by itself. */
export interface WatchOrders {
  /** Reads the rules of an instrument, so that a later order does not wait for them. */
  prepare(symbol: Symbol): void;
  /**
   * Sends the closing order. Returns the exit, for `recordExit`; null when the order is left to the trade's workflow.
   * Throws when the exit could not be claimed, so that nothing has begun: `WatchChangedError` when the watch was
   * paused or changed after it was read.
   */
  close(watch: LiveWatch, verdict: Extract<Verdict, { do: 'exit' }>): Promise<ExitSent | null>;
  /** Moves the resident stop behind the trail. Returns false when the venue did not move it, for now. */
  moveStop(watch: LiveWatch, to: DecimalString): Promise<boolean>;
  /** Closes the part of the position that a target is for. Returns false when the venue did not take the order, for now. */
  takeProfit(watch: LiveWatch, target: { leg: number; price: DecimalString }): Promise<boolean>;
}

/** The watch was paused or changed after it was read: the exit was not begun. */
export class WatchChangedError extends Error {
  override name = 'WatchChangedError';
}

/** Name under which watchers claim exits. All have one name, so that a successor goes on with what a watcher began. */
const BY = 'watcher';
/** Attempts at a close after the first, which is made without reading the trade. */
const CLOSE_RETRIES = 5;
const CLOSE_RETRY_MS = 200;

export function createWatchOrders(
  deps: ExecutionDeps & { messenger: TradeMessenger },
  venue: VenueName,
): WatchOrders {
  const instruments = createListedInstruments(deps.db, venue);
  return {
    prepare: (symbol) => void instruments.get(symbol),
    async close({ record }, { reason, price }) {
      const known = knownPosition(record, instruments.get(record.symbol));
      try {
        return await closeWatched(deps, record, { reason, by: BY, price, asOfWatch: record.version, known });
      } catch (error) {
        // Unclaimed, the reason would be lost: the watcher asks again. Claimed, the workflow sends what is missing.
        const { phase } = await getTrade(deps.db, record.tradeId);
        if (phase === 'open' || error instanceof WatchChangedError) throw error;
        deps.logger.warn({ tradeId: record.tradeId, err: error }, 'closing order left to the workflow');
        return null;
      }
    },
    async moveStop(watch, to) {
      const { record } = watch;
      const result = await trailStop(deps, record, to);
      if (!result.ok) {
        deps.logger.warn({ tradeId: record.tradeId, ...result }, 'the venue did not move the stop');
        return false;
      }
      const { price, kind } = result;
      // The watch may have been read again since: exits that a person has set have a stop of their own.
      if (revisionOf(watch.record.levels) === revisionOf(record.levels))
        watch.record.levels = { ...watch.record.levels, stop: { price, kind }, isStopResident: true };
      return true;
    },
    async takeProfit(watch, { leg, price }) {
      const { record } = watch;
      const fired = await fireTarget(deps, record, { leg, price });
      if (fired === 'later') return false;
      // Until the trade's workflow has counted the target, it must not be fired again.
      const { levels } = watch.record;
      const [restingTargets, filledTargets] =
        fired === 'rests'
          ? [[...levels.restingTargets, leg], levels.filledTargets]
          : [levels.restingTargets, [...levels.filledTargets, leg]];
      watch.record.levels = { ...levels, restingTargets, filledTargets };
      await deps.messenger.fillsBooked(record);
      return true;
    },
  };
}

/** Returns the position as the watch has it; null when its size or the rules of its instrument are not known. */
function knownPosition(
  { tradeId, remainingSize: size, ...record }: WatchRecord,
  instrument: Instrument | null,
): KnownPosition | null {
  if (instrument === null || size === null || amount(size).lte(0)) return null;
  return { trade: { ...record, id: tradeId }, venue: record.venue, instrument, size };
}

/**
 * Closes the position of a watch: first as it is known, then as it is read, a few times. Returns null when the exit is
 * another's, and throws `WatchChangedError` when the trade is open and its watch is not the one that decided.
 */
async function closeWatched(
  deps: ExecutionDeps,
  { tradeId }: WatchRecord,
  request: CloseRequest,
): Promise<ExitSent | null> {
  for (let turn = 0; ; turn += 1) {
    try {
      const known = turn === 0 ? request.known : null;
      const exit = await closePosition(deps, { tradeId }, { ...request, known });
      if (exit || (await getTrade(deps.db, tradeId)).phase !== 'open') return exit;
    } catch (error) {
      if (turn === CLOSE_RETRIES) throw error;
      deps.logger.warn({ tradeId, turn, err: error }, 'closing order not confirmed, asking again');
      if (turn > 0) await delay(CLOSE_RETRY_MS * turn);
      continue;
    }
    throw new WatchChangedError(`the watch of trade ${tradeId} has changed since it was read`);
  }
}
