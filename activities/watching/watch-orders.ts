import type { TradeMessenger } from '../deps.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instrument } from '#domain/instrument.ts';
import type { Symbol, VenueName } from '#domain/ids.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { getTrade, revisionOf } from '#prisma/repositories/trades.ts';
import type { WatchRecord } from '#prisma/repositories/watches.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { noteExit, startExit, startKnownExit, type ExitOrder } from '../execution/close-position.ts';
import { fireTarget } from '../execution/fire-target.ts';
import { trailStop } from '../execution/trail-stop.ts';
import { createListedInstruments } from './listed-instruments.ts';
import type { LiveWatch, Verdict } from './live-watch.ts';

/** The orders a watcher sends by itself: closing a position, and moving its resident stop behind the trail. */
export interface WatchOrders {
  /** Orders in this instrument may come. */
  expect(symbol: Symbol): void;
  /**
   * Sends the closing order and tells nobody. Answers what is left to write down about it, once no closing order waits
   * any more. Throws when the exit could not even be claimed: nothing has begun then. `WatchChangedError` says that
   * it is to be decided anew.
   */
  exit(watch: LiveWatch, verdict: Extract<Verdict, { do: 'exit' }>): Promise<() => Promise<void>>;
  /** Answers false when the venue did not move it, for now. */
  moveStop(watch: LiveWatch, to: DecimalString): Promise<boolean>;
  /** Answers false when the venue did not take the order, for now. */
  takeProfit(watch: LiveWatch, target: { leg: number; price: DecimalString }): Promise<boolean>;
}

/** The watch was paused or changed after what the watcher knows of it: the exit was not begun. */
export class WatchChangedError extends Error {
  override name = 'WatchChangedError';
}

/** The claim of a watcher. Every watcher says the same name, so that a successor completes what one began. */
const BY = 'watcher';
const EXIT_ATTEMPTS = 5;
const EXIT_RETRY_MS = 200;

export function createWatchOrders(
  deps: ExecutionDeps & { messenger: TradeMessenger },
  venue: VenueName,
): WatchOrders {
  const instruments = createListedInstruments(deps.db, venue);
  return {
    expect: (symbol) => void instruments.get(symbol),
    async exit({ record }, { reason, price }) {
      try {
        const exit = { reason, by: BY, price, asOfWatch: record.version };
        const note = await exitAsKnown(deps, record, instruments.get(record.symbol), exit);
        if (note) return note;
        await sendExit(deps, record, exit);
      } catch (error) {
        // Unclaimed, the reason would be lost: the watcher asks again. Claimed, the workflow sends what is missing.
        const { phase } = await getTrade(deps.db, record.tradeId);
        if (phase === 'open' || error instanceof WatchChangedError) throw error;
        deps.logger.warn({ tradeId: record.tradeId, err: error }, 'closing order left to the workflow');
      }
      return async () => undefined;
    },
    async moveStop(watch, to) {
      const { record } = watch;
      const result = await trailStop(deps, record, to);
      if (!result.ok) {
        deps.logger.warn({ tradeId: record.tradeId, ...result }, 'the venue did not move the stop');
        return false;
      }
      const { price, kind } = result;
      // A record that was read meanwhile has the stop of exits that were set after it.
      if (revisionOf(watch.record.levels) === revisionOf(record.levels))
        watch.record.levels = { ...watch.record.levels, stop: { price, kind }, isStopResident: true };
      return true;
    },
    async takeProfit(watch, { leg, price }) {
      const { record } = watch;
      const fired = await fireTarget(deps, record, { leg, price });
      if (fired === 'later') return false;
      // Until the trade's workflow has counted it, the same target must not be fired again.
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

/**
 * The quick way, for a position that is as the watch has it: answers what is left to write down. Null when it is not,
 * or the order's end is unknown.
 */
async function exitAsKnown(
  deps: ExecutionDeps,
  { tradeId, remainingSize: size, ...record }: WatchRecord,
  instrument: Instrument | null,
  { price, ...exit }: ExitOrder,
): Promise<(() => Promise<void>) | null> {
  if (instrument === null || price === null) return null;
  if (size === null || amount(size).lte(0)) return null;
  const { venue } = record;
  const known = { trade: { ...record, id: tradeId }, venue, instrument, size };
  try {
    const isSent = await startKnownExit(deps, known, { ...exit, price });
    return isSent ? () => noteExit(deps, tradeId, { ...exit, price }, size) : null;
  } catch (err) {
    deps.logger.warn({ tradeId, err }, 'closing order not confirmed, asking again');
    return null;
  }
}

async function sendExit(deps: ExecutionDeps, record: WatchRecord, exit: ExitOrder): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    try {
      if (await startExit(deps, record, exit)) return;
      const { phase } = await getTrade(deps.db, record.tradeId);
      if (phase !== 'open') return;
    } catch (error) {
      if (turn === EXIT_ATTEMPTS) throw error;
      deps.logger.warn(
        { tradeId: record.tradeId, turn, err: error },
        'closing order not confirmed, asking again',
      );
      await delay(EXIT_RETRY_MS * turn);
      continue;
    }
    throw new WatchChangedError(`the watch of trade ${record.tradeId} has changed since it was read`);
  }
}
