import type { AgentBarriers } from '#domain/agent-barriers.ts';
import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import type { CandlePath } from '#domain/candles.ts';
import { completePolicy } from '#domain/given-barriers.ts';
import type { DecimalString } from '#domain/money.ts';
import { DEFAULT_LIMITS, DEFAULT_RISK_PERCENT, type SizeModel, type SizingLimits } from '#domain/sizing.ts';

/** The order of extremes that a run reads candles in, or both. */
export type RunPath = CandlePath | 'both';

/** Everything that decides about a run beside its posts and prices, with the defaults filled in. */
export interface Settings {
  capitalUsd: DecimalString;
  path: RunPath;
  /** From a post to its order at the venue, in ms. */
  delayMs: number;
  agent: {
    name: string;
    barriers: AgentBarriers;
    sizeModel: SizeModel;
    minConfidence: number;
    maxDriftPct: number;
    signalTtlMs: number;
    /** How much the agent trusts the authors, 0 to 100. */
    weight: number;
  };
  deployment: SizingLimits & { sizeModel: SizeModel | null } & EntryLimits;
  costs: {
    /** Fee of an order in basis points of its value. */
    takerBps: number;
    flatUsd: DecimalString;
    spreadBps: number;
    slippageBps: number;
    /** Funding that a long pays for each hour, in basis points; a short receives it. */
    fundingBpsPerHour: number;
  };
  /** Calls that repeat one within six hours are traded too. */
  again: boolean;
  /** Every call is a trade of its own. */
  independent: boolean;
  /** Rules of instruments by symbol; what is left out follows from the first price. */
  instruments: Readonly<Record<string, InstrumentSettings>>;
}

/** Rules of one instrument; left out, they are those that Hyperliquid gives to a market of such a price. */
export interface InstrumentSettings {
  tick?: DecimalString;
  lot?: DecimalString;
  minNotionalUsd?: DecimalString;
  maxLeverage?: number;
}

/** Settings of an agent that nobody has changed, at the fees of Hyperliquid's lowest tier. */
export const defaultSettings = (): Settings => ({
  capitalUsd: '10000',
  path: 'both',
  delayMs: 1_000,
  agent: {
    name: 'backtest',
    barriers: completePolicy({ parts: {}, none: [] }),
    sizeModel: { mode: 'riskPercent', percent: DEFAULT_RISK_PERCENT },
    minConfidence: 0.5,
    maxDriftPct: 1,
    signalTtlMs: 300_000,
    weight: 100,
  },
  deployment: { ...DEFAULT_LIMITS, sizeModel: null },
  costs: { takerBps: 4.5, flatUsd: '0', spreadBps: 1, slippageBps: 1, fundingBpsPerHour: 0 },
  again: false,
  independent: false,
  instruments: {},
});
