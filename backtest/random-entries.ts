import type { RandomEntry, RunEntries } from './report/benchmarks.ts';
import type { Call } from './call.ts';
import { closedTrades, openTrades } from './engine/to-result.ts';
import { runPrepared, type PreparedRun } from './run-backtest.ts';
import type { Settings } from './settings/settings.ts';

/**
 * Returns a function that runs entries by the engine, each a trade of its own with the exits, the costs and the value
 * that it names, whatever else is open.
 */
export const createRunEntries =
  ({ calls, markets }: Pick<PreparedRun, 'calls' | 'markets'>, settings: Settings): RunEntries =>
  (entries) => {
    const [sample] = calls;
    const nets = new Float64Array(entries.length).fill(NaN);
    if (!sample) return nets;
    const drawn = entries.map((entry, index) => callOf(sample, entry, index, settings.delayMs));
    const alone = {
      ...settings,
      independent: true,
      deployment: { ...settings.deployment, maxNotionalUsd: null, sizeModel: null },
    };
    const outcome = runPrepared({ calls: drawn, refusals: [], markets }, alone, {
      path: settings.path === 'both' ? 'worst' : settings.path,
      otherPath: null,
      keepsStory: false,
    });
    for (const trade of closedTrades(outcome)) nets[Number(trade.signalId)] = Number(trade.netUsd);
    for (const trade of openTrades(outcome))
      nets[Number(trade.signalId)] = Number(trade.netUsd) + Number(trade.unrealizedUsd);
    return nets;
  };

/** An entry meets the first print after it, however much later that is. */
const NEVER = 8_640_000_000_000_000;

function callOf(sample: Call, entry: RandomEntry, index: number, delayMs: number): Call {
  const { symbol, side, at, entryUsd, barriers } = entry;
  const postedAt = at - delayMs;
  return {
    ...sample,
    signalId: String(index),
    postedAt,
    callPrice: null,
    terms: {
      ...sample.terms,
      symbol,
      side,
      sizeModel: { mode: 'fixedNotional', notionalUsd: entryUsd.toFixed(6) },
      weightPct: 100,
      barriers,
      referencePrice: null,
      calledAt: postedAt,
      expiresAt: NEVER,
    },
  };
}
